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
    "lift-1-profile-0-height-13": "11b6eef611589ef15f2aab423088c542291a54246e31022963d2e80c2b17348a",
    "lift-1-profile-0-height-15": "47b68bef5a3b3ad4245a334327c3a7397dc1e27e120d052e2aabe10b32df1cbf",
    "lift-1-profile-0-height-17": "70bcdcb357c0d2ec114faa1d4db204bb0d2ebc8a18ec18075e512ab80577577d",
    "lift-1-profile-0-height-19": "3bca001d15f99de1771527f06560097b273327141ad3b68028203a0610238922",
    "lift-1-profile-1-height-13": "199a755a08648d9a1d41668d6380c34040ea3a30141865107c762bcb1db8526d",
    "lift-1-profile-1-height-15": "0ef45c8120d08994306fc922119e0d2c74c6dc8702c51d90447bf9ae3517379a",
    "lift-1-profile-1-height-17": "7e0e0a380016359b465f4a704562b0c23bd66fef5b37c1a215ab8066047fb669",
    "lift-1-profile-1-height-19": "2e17970a693859101ca9ea2f60a89f842c27a9976c6f8ab81c5ced21688c6c74",
    "lift-1-profile-2-height-13": "3650e6b97ef9151c1375979433883d273d51b18f108f11450c7b7c07445d19ed",
    "lift-1-profile-2-height-15": "5e06db615074c45f4946b0ba1a47fd4e5fa9e6531951a16756d5c8875789243e",
    "lift-1-profile-2-height-17": "3aec8c0b3c044e4e459d393a799f393c7511d4bb69ed52620fb876286d6c3697",
    "lift-1-profile-2-height-19": "14be46110234819a7186cde522bb94b569edc002144ec7e15c4bf6016c4aa27e",
    "lift-1-profile-3-height-13": "1af20c08756c50526c05b2bf677f0ffa6ebca77373c3b14b1f3c0a45781bccda",
    "lift-1-profile-3-height-15": "6d8d2ab66a7ece551f57c14a7274ce6d775ed60d4d23a43762b41ec27c9bd7ac",
    "lift-1-profile-3-height-17": "2be35c56641767301e73cd0971e0fd682a8dc99d26e97656229e8b49794ac9f7",
    "lift-1-profile-3-height-19": "4d4373617259280036facfe861e431b64953558d03cd7a4219376c536b90749c",
    "lift-1-profile-4-height-13": "27ee78c33ad5b3770012699946965e6563d83c3954d2cb5a1246237c0e5f56fe",
    "lift-1-profile-4-height-15": "63295ca420ee46ac489324374624a45768567427378d7cd3412bd73a1273c5ea",
    "lift-1-profile-4-height-17": "596a5674130e553730e2ffcf633aad1f0d03ffa64d81c99c67df7c5071d42cb1",
    "lift-1-profile-4-height-19": "5505bdeb4b9e94e64eb336c908cc4343160a0b6c7eff9aca6ed8bc7867406e23",
    "lift-2-profile-0-height-13": "1bebafe916d830aa5f8452f77cac68745727ec807a88bce6749a60df123a9368",
    "lift-2-profile-0-height-15": "13e8ae970180908b5bdd06326c8428c654e9ea6f4f8fb946731432f64e9a8079",
    "lift-2-profile-0-height-17": "62566403589e27361fa439204783d6ef171745d27ca8164b10b41d6852bb205f",
    "lift-2-profile-0-height-19": "0ea6c86c454be51c0e5c556b1017bdf21adcf76270c332fd2bf4873717732f78",
    "join": "234312c01416b9bc719e86e53ca897c3702d0361608cf9d7616c87844fc0fb2c",
    "close": "627c45153d687b740040ab6246a2d82d48dc0e17287a4c5725fa2716452ca268",
    "resolve": "3ea65d8b1b8bd4332b76512579da2cbf26ec838c752b4217689b53e82be738e1",
    "batch": "6046321f404017b83d966b3552aabb1c6219ce057a54c9a47763cead1a4b84eb",
}
"""By the circuit's name, in the order of the catalogue: digests, eight elements of eight hexadecimal digits."""
