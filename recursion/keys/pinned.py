"""The keys of the standard machine's circuits: what a verifier of folded proofs trusts.

Written by `python -m recursion.keys.pin`; `quire keys --check` computes them again.
"""

from __future__ import annotations

SHARD_BITS = 128.06012480528784
"""The security of the weakest shard that a lift verifies, in bits."""

SHRINK_ROOT = "64128f81113ab56f4b029ca430cdec2512d9717e299dda157597d4c409717d20"
SHRINK_TILES = (1, 1, 15, 3, 11, 85, 25, 6, 12, 3, 15, 129, 57, 9, 29, 20, 3)
"""The key of the shrink, which is not in the tree."""

KEYS = {
    "lift-1-profile-0-height-13": "592f613c0f0b17da1d0c995a23302b8830976574210c5b5507db534d5ab71403",
    "lift-1-profile-0-height-15": "0cc12d215915da643c1d76395dbd3cf06b80944c6596cd544041ec9c403077a1",
    "lift-1-profile-0-height-17": "67609e52532f77cc0a00eb35306f955a39c5dd9769e0b2fe54e206d710457fae",
    "lift-1-profile-0-height-19": "7af61b4d18bc48571894b26668b8566522a403e63da381e4517b407828fa7eb2",
    "lift-1-profile-1-height-13": "745b90141154eebd750fb2673167d3c15881a3480e2f257f071e654309c563d9",
    "lift-1-profile-1-height-15": "0aafdcec1f957f931fd099ae2d3d427436d0abf95d499dd7574523ef2d8c4db9",
    "lift-1-profile-1-height-17": "10e812356e0e925018d307785e3361af74500191638a7f79001a881d153c4c79",
    "lift-1-profile-1-height-19": "64f5810e59d536bd029d9d6c58a2d77c7ebc137c6d0f5ce64e9c37d35ec8ccde",
    "lift-1-profile-2-height-13": "6a8eb6061bb8a54c06133ac50fe7059513999060014094fc42406afa3cbc26b1",
    "lift-1-profile-2-height-15": "78f0e0721c6dbc12119e162f1d948c91094cfbe839ce833e0532f9ac5fd68f28",
    "lift-1-profile-2-height-17": "6f212d7b28f3d6a76cf7a6145b12caa66258d49b77f488c902ce5bce3eb3747a",
    "lift-1-profile-2-height-19": "00b1519809a5e4bd3810fa20204f0aa4267d473605da41fa5375a8b01fdf1cc9",
    "lift-2-profile-0-height-13": "315d75ba3b7763b73dbaa9c97d11ca9e14198f4719d002ec4a0a1ebf132259e6",
    "lift-2-profile-0-height-15": "0082355e42347b89438d8ee62c66508d1456ec4117951d306f1c77282dd55dbb",
    "lift-2-profile-0-height-17": "47540de672a4b02e7e4454b03ad951a740857db86c6efd5f6ded3c8b07fed8f8",
    "lift-2-profile-0-height-19": "047ff4aa4773f81c7765763f439f335d39f692db7a2193e666252a447dbabca2",
    "join": "5eb868647a56f04b1be6c96a4c7b1fc256a523e11e4f24db3aac98211671efd7",
    "close": "124ce4ec17c63c661076a7764bbc2ad355ff3b4e347079c95c7bf80073a4bda1",
    "resolve": "264dc0a946f4fde951ffe8bc671ed01a2effe62e7c871e687c788a2f27f003fd",
    "batch": "12a37fcd570c454a7d9d9dd841f48b9e76a1cc5963da917b1290c1cb4d5aaeb6",
}
"""By the circuit's name, in the order of the catalogue: digests, eight elements of eight hexadecimal digits."""
