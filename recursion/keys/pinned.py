"""The keys of the standard machine's circuits: what a verifier of folded proofs trusts.

Written by `python -m recursion.keys.pin`; `quire keys --check` computes them again.
"""

from __future__ import annotations

SHARD_BITS = 128.06012480528784
"""The security of the weakest shard that a lift verifies, in bits."""

SHRINK_ROOT = "795dcd4e530056541bc646d315f3acbe1f68b1fd247954a006e26c3e2b946a31"
SHRINK_TILES = (1, 1, 15, 3, 11, 89, 25, 3, 12, 4, 15, 129, 57, 9, 29, 20, 3)
"""The key of the shrink, which is not in the tree."""

KEYS = {
    "lift-1-profile-0-height-13": "67b38abb6fd79ecf6c516df33d58688e5f8767263bb8d70f761bb1c832e0bc4d",
    "lift-1-profile-0-height-15": "35fde93566d8876459ea73570cf2949e2caa4831136b83552816dc084e5c289a",
    "lift-1-profile-0-height-17": "434c743c56e59296705c16457ceb9b911b112ed311687eeb641c43e32c5961ab",
    "lift-1-profile-0-height-19": "4f504c2874d68aeb631f85c174d6ad0c5ef1911618a2d4490b0cc1b825fa783b",
    "lift-1-profile-1-height-13": "10cc105813f1a63d125b06f529264d841c72ca111063de8e39d581e01b50e4e8",
    "lift-1-profile-1-height-15": "4a0b54fb37697f03686ae5a736c869d24e137f4d47a3f154466045bc0273fa2d",
    "lift-1-profile-1-height-17": "435502d6220c73ba419db550413fc6537074c6937d678c993be58be41fb836e9",
    "lift-1-profile-1-height-19": "3287f37c6e4de355495b55ee4a3ffe842b62df504369b4d772370ffc6acd9419",
    "lift-1-profile-2-height-13": "2a0910b660b3c8cc195f2bbf19fdfd340d95c28b43d9847568008e5e66d1de0b",
    "lift-1-profile-2-height-15": "0383642c00897f017d0a6d9628332f4d5e68d0d128c571b44d00f4973caf24f1",
    "lift-1-profile-2-height-17": "4337b9545606830956d868741c6fc5f934412641356013f12ff2ef99795335f5",
    "lift-1-profile-2-height-19": "25a2c8e93d6c38c8291a957b3b35b7e05ef2465d5bbe9da242cb2a6137120bd6",
    "lift-1-profile-3-height-13": "0dff7df14c90e7c62bbf4beb2480f9551e3037342c10862c301542845fa2e1b6",
    "lift-1-profile-3-height-15": "0f6258df428d5215383f5ce333215cac03a449960c9d98906aa790926c717b61",
    "lift-1-profile-3-height-17": "3364a0b036bd2f534c32c6c62ae054304d66e4c654de5af72ceb8eca26096438",
    "lift-1-profile-3-height-19": "1f5a45985b5642144c1705ad548522026ce179631401446b3e5bae942f0e3a0d",
    "lift-1-profile-4-height-13": "5f793e652a4fe1c02d7da5ab4befec7d2351c490211c5c9c2e62cc737c54b61d",
    "lift-1-profile-4-height-15": "1629cb552d3ff83e40dbcc1542b238131e5be95320e992a45e0e8f1e13189e1a",
    "lift-1-profile-4-height-17": "0b0c791154445c0e0c14379513a5a7240e1457c76e481b267d39d4133ec2714d",
    "lift-1-profile-4-height-19": "06447c4b362d5b657261ed2833fc1331720811d03129ab41177a41095a674ebd",
    "lift-2-profile-0-height-13": "67162d2024bba6dd167b935e187286da43dbca6d22ae68de2a60bfef738d7f12",
    "lift-2-profile-0-height-15": "3d7eeeb349cd5732413a954e313f91040ca2ddb34bc6a3ae4a7403945b45790c",
    "lift-2-profile-0-height-17": "691749a76e3687632f8e9a710b60537d7c8716330140449100f857f03e89f1ad",
    "lift-2-profile-0-height-19": "2578da515f3ccc806057792011458cd55a392b2f283c3e5f375fa8161e397e52",
    "join": "258ae46c4db56f23121b3ea035e9c0c12f83a60227d9961812ad0a69370b32fb",
    "close": "339aa1064ed6c5df25abba7904ee8ff074a230357d2d3c7b19320909519d5087",
    "resolve": "1babe30201d410444af1374341a1c7cc042c0ac31f4a5ffb53c86350349cad59",
    "batch": "22aa6e9b35fb80570522dca33fe70a862b4e01561b903ebf1e589a0027fba25b",
}
"""By the circuit's name, in the order of the catalogue: digests, eight elements of eight hexadecimal digits."""
