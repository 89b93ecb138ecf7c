//! SHA-256, to name our own style and script in the page's content security policy.
//!
//! Browsers take no other family of hashes there (CSP Level 3, 2.3.1), and what is hashed is a part of the program, so
//! this is written to be short and run by the compiler.
//!
//! Source: FIPS 180-4, 5.1.1 and 6.2.

/// Returns the hash of `message`.
pub const fn sha256(message: &[u8]) -> [u8; 32] {
    let mut state = INITIAL;
    // The padding is a 1 bit, zeros, and the length in 64 bits.
    let blocks = (message.len() + 9).div_ceil(64);
    let mut n = 0;
    while n < blocks {
        state = compress(state, &block(message, n, n + 1 == blocks));
        n += 1;
    }
    let mut out = [0; 32];
    let mut i = 0;
    while i < 32 {
        out[i] = state[i / 4].to_be_bytes()[i % 4];
        i += 1;
    }
    out
}

const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

const ROUND: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];

const fn block(message: &[u8], n: usize, is_last: bool) -> [u8; 64] {
    let mut block = [0; 64];
    let mut i = 0;
    while i < 64 {
        let at = n * 64 + i;
        if at < message.len() {
            block[i] = message[at];
        } else if at == message.len() {
            block[i] = 0x80;
        }
        i += 1;
    }
    let bits = (message.len() as u64 * 8).to_be_bytes();
    let mut i = 0;
    while is_last && i < 8 {
        block[56 + i] = bits[i];
        i += 1;
    }
    block
}

#[allow(clippy::many_single_char_names)] // the standard names them so
const fn compress(state: [u32; 8], block: &[u8; 64]) -> [u32; 8] {
    let schedule = schedule(block);
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
    let mut i = 0;
    while i < 64 {
        let choice = (e & f) ^ (!e & g);
        let sum = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let first = h.wrapping_add(sum).wrapping_add(choice).wrapping_add(ROUND[i]).wrapping_add(schedule[i]);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        let second = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)).wrapping_add(majority);
        (h, g, f, e) = (g, f, e, d.wrapping_add(first));
        (d, c, b, a) = (c, b, a, first.wrapping_add(second));
        i += 1;
    }
    let mut out = [a, b, c, d, e, f, g, h];
    let mut i = 0;
    while i < 8 {
        out[i] = out[i].wrapping_add(state[i]);
        i += 1;
    }
    out
}

const fn schedule(block: &[u8; 64]) -> [u32; 64] {
    let mut words = [0_u32; 64];
    let mut i = 0;
    while i < 64 {
        words[i] = if i < 16 {
            u32::from_be_bytes([block[4 * i], block[4 * i + 1], block[4 * i + 2], block[4 * i + 3]])
        } else {
            let (near, far) = (words[i - 2], words[i - 15]);
            let far = far.rotate_right(7) ^ far.rotate_right(18) ^ (far >> 3);
            let near = near.rotate_right(17) ^ near.rotate_right(19) ^ (near >> 10);
            words[i - 16].wrapping_add(far).wrapping_add(words[i - 7]).wrapping_add(near)
        };
        i += 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(message: &[u8]) -> String {
        let number = |half: &[u8]| half.iter().fold(0_u128, |number, &byte| number << 8 | u128::from(byte));
        let hash = sha256(message);
        format!("{:032x}{:032x}", number(&hash[..16]), number(&hash[16..]))
    }

    #[test]
    fn the_published_values_come_out() {
        assert_eq!(hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let two_blocks = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(hex(two_blocks), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        assert_eq!(hex(&[b'a'; 1000]), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3");
    }
}
