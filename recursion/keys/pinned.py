"""The keys of the standard machine's circuits: what a verifier of folded proofs trusts.

Written by `python -m recursion.keys.pin`; `quire keys --check` computes them again.
"""

from __future__ import annotations

SHARD_BITS = 128.06012480528784
"""The security of the weakest shard that a lift verifies, in bits."""

SHRINK_ROOT = "218b21e32e92db3143ae14c61da158943f7250b741b7c9b7660351465be32bfa"
SHRINK_TILES = (1, 1, 15, 3, 11, 89, 25, 3, 12, 4, 15, 129, 57, 9, 29, 20, 3)
"""The key of the shrink, which is not in the tree."""

KEYS = {
    "lift-1-profile-0-height-13": "039a07eb7614d2786ca8ab6c016734ed22d717992f187906192e81cb526a173d",
    "lift-1-profile-0-height-15": "05fdc77743a97f21053b045a7210d7190842810c05308dcf734ebe991e8e2c63",
    "lift-1-profile-0-height-17": "29bfe3db74ca3410712f1eaf2d4049ae5af269a657cccb41094b28dc3a1fc6ff",
    "lift-1-profile-0-height-19": "30e9638c435543be4a124b000af68be73ae2810d5b64b8c305a85625397a921b",
    "lift-1-profile-1-height-13": "6f4919be202a8aea241071084f40297a622411a7599003674342db72381ea00d",
    "lift-1-profile-1-height-15": "62f707193b48dca301796f6d16aed9874613712b2caeb74c0eba764a477d4b22",
    "lift-1-profile-1-height-17": "7644690814c52349213805b26c93bc48227954445cb05c0b15a46c2719f462c8",
    "lift-1-profile-1-height-19": "380e21821e1202e42f1a8c13745b506c4a445247370652204f8dd127669c3469",
    "lift-1-profile-2-height-13": "607350c2707e13ad45685e892c976b4e3fe570552d50896000084dcc08c61397",
    "lift-1-profile-2-height-15": "62826a8033cb2c532ae957a72afb3ad029d6fd122de9824305d01b8b582eb093",
    "lift-1-profile-2-height-17": "72b4187a2785ebac212e410606235ef4237d1bd2015f7372333b6fea06aec290",
    "lift-1-profile-2-height-19": "63f5394f30c1a72041aa290948001c306b10387d4197a4c25f9084d164f28eb8",
    "lift-1-profile-3-height-13": "79a6943375e44388548a1b4d5fc22e8d5216225b7ec50837185f14bc2c8e4a19",
    "lift-1-profile-3-height-15": "7674341f40cac56a19b5262d02ae9ac65d90825e14b491cd64e167ae03cfb8e6",
    "lift-1-profile-3-height-17": "524379774891ed99628391a02b007fc61a7e586a26fdf11c3ef77d4646bbb0df",
    "lift-1-profile-3-height-19": "6ba9f2a85c863298294b702a487ed46c500a4e6f3b83ce2766b1b5971eb1d246",
    "lift-1-profile-4-height-13": "2383e7656af2e99017a585e17777adff344a63d74f3aed42640ac3852516bd89",
    "lift-1-profile-4-height-15": "3dca1deb7e0789f6273b701c32b14fb92a01a88f0ff4eae84c498f8c73d4ed66",
    "lift-1-profile-4-height-17": "0157b37a66f418980e2cd75e5ab59c486afd0b3e7d1d207f365986226a1846e4",
    "lift-1-profile-4-height-19": "06c7384524ff86e320edb20f1e1f22e1319e63ae7de897663fc03af37e91f313",
    "lift-2-profile-0-height-13": "7b19a0541c9a3d8b0ca516997ce4892e70ed9ca1085750517dcefef50bcfc622",
    "lift-2-profile-0-height-15": "2872cc1d33f6ba1113e313c90cf74490771191df4428b33e52a3f57e40b0c2ec",
    "lift-2-profile-0-height-17": "2c6561d11f6be30866cf92b154fa5366006e65677e6fbe3e3912980a0f99c9d3",
    "lift-2-profile-0-height-19": "621eebab2b658b8f497c6006315c9d140cb6a4a46153a116133741296a446d66",
    "join": "234312c01416b9bc719e86e53ca897c3702d0361608cf9d7616c87844fc0fb2c",
    "close": "627c45153d687b740040ab6246a2d82d48dc0e17287a4c5725fa2716452ca268",
    "resolve": "3ea65d8b1b8bd4332b76512579da2cbf26ec838c752b4217689b53e82be738e1",
    "batch": "6046321f404017b83d966b3552aabb1c6219ce057a54c9a47763cead1a4b84eb",
}
"""By the circuit's name, in the order of the catalogue: digests, eight elements of eight hexadecimal digits."""
