"""The keys of the standard machine's circuits: what a verifier of folded proofs trusts.

Written by `python -m recursion.keys.pin`; `quire keys --check` computes them again.
"""

from __future__ import annotations

SHARD_BITS = 128.06012480528784
"""The security of the weakest shard that a lift verifies, in bits."""

SHRINK_ROOT = "20fb71780fd9456a7ad640ff36a243790cef115871898d28729d2d0472240952"
SHRINK_TILES = (1, 1, 15, 3, 11, 84, 25, 6, 12, 3, 14, 129, 57, 9, 29, 20, 3)
"""The key of the shrink, which is not in the tree."""

KEYS = {
    "lift-1-profile-0-height-13": "639b8b2d71a23cc73569c4ee4923000301e8fc22001a75f02f9a2e183c4ae1bc",
    "lift-1-profile-0-height-15": "2f7ec49262296d64645ef11235241642500baeda39253e8b0c7f979504bba9cc",
    "lift-1-profile-0-height-17": "2781f2ce0fa84dee7a0170bb260c8c5b4b88a56319a7500e64da6f6670e4f2ef",
    "lift-1-profile-0-height-19": "623ba21211ad0b242d3884c60acbeb62426b17b248933967441865ab486721c4",
    "lift-1-profile-1-height-13": "51fa736e6c8acb9d6c258c4e053c67f8055afc08710f943219fd973326699c6b",
    "lift-1-profile-1-height-15": "4647ed571bca68be1c89f6f068eb5f6129f11f967d57a2f23963346a3fe81b2b",
    "lift-1-profile-1-height-17": "418f34cf541c74305139e279041447a838e3613d1c639e165d745ccc7287c9f0",
    "lift-1-profile-1-height-19": "600298552e8eecb4073ab63870c38e94106f5d7b4b283f2b788b5aa05df2dec4",
    "lift-1-profile-2-height-13": "7888a94168eac8d351f7bb374cb1f8c82337f85933246fda2113fe5a4bb7e943",
    "lift-1-profile-2-height-15": "515af6d4085d3b6a6f3252ae7d3c49b13f1c42310ba8949d113af7f36f4a6b9d",
    "lift-1-profile-2-height-17": "4e9445ce4df7326a303a50c81ed432751296e49e7422684b3ef0973b5c59cc7b",
    "lift-1-profile-2-height-19": "388c91006a5279a62530ee16709d391c108acc8875d419cb57e3adf25dca734b",
    "lift-2-profile-0-height-13": "04996a2d6fb62e2308b99db1045d80bf6afc089940d47f2a54fdeaff4c748cf5",
    "lift-2-profile-0-height-15": "0f17d0a67aa1d4633564024b540bec0a66abb3e74262a3e87c8d4fd019a3b3aa",
    "lift-2-profile-0-height-17": "7c3ac6ac26c1af4401fbaefb035ed5cf09d677f55825a8b9095d2d9958834ddb",
    "lift-2-profile-0-height-19": "2f94550069145aa04ed4cc2555c282365522e5b50c305e3055e51eb65408b575",
    "join": "25d9a92f3ed59df83a63448c108d74c61d644b506f8b723a6a0d5ffe0e8d25a8",
    "close": "672adf9d1fbe8a075e50fd5924b16cc83d2c2ba64e7b5df644787e453f05f973",
    "resolve": "74a702a10c647eab05fed9d663cfbfb93697399f239d7a0e4b406c1f02f29e6d",
    "batch": "2834cbc50b591187266cc1cb2321dbd4645bed212d1512022f5281fd0a45cec6",
}
"""By the circuit's name, in the order of the catalogue: digests, eight elements of eight hexadecimal digits."""
