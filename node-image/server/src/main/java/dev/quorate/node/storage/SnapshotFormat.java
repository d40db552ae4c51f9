package dev.quorate.node.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * The parts of a snapshot as clients keep it:
 *
 * <pre>
 * magic            8 bytes
 * format version   4 bytes
 * header length    4 bytes
 * header           a SnapshotHeader
 * checksum         4 bytes, CRC32C of all before
 * for each file that the header names:
 *   content        as many bytes as the header says
 *   checksum       4 bytes, CRC32C of the content
 * zeros            up to a multiple of 512 bytes
 * digest           32 bytes, SHA-256 of all before
 * </pre>
 *
 * <p>etcd's clients tell by the length that the digest is there.
 */
final class SnapshotFormat {
  static final byte[] MAGIC = "QUORSNAP".getBytes(StandardCharsets.US_ASCII);
  static final int VERSION = 1;
  static final int PREFIX_BYTES = MAGIC.length + 2 * Integer.BYTES;
  static final int CHECKSUM_BYTES = Integer.BYTES;
  static final int DIGEST_BYTES = 32;
  static final int MAX_HEADER_BYTES = 16 << 20;
  private static final int BLOCK_BYTES = 512;

  private SnapshotFormat() {}

  /** How many zeros follow so many bytes. */
  static int paddingBytes(long contentBytes) {
    return (int) (-contentBytes & (BLOCK_BYTES - 1));
  }

  /** Whether a file of this size can end with a digest. */
  static boolean hasDigest(long fileBytes) {
    return fileBytes > DIGEST_BYTES && fileBytes % BLOCK_BYTES == DIGEST_BYTES;
  }

  static byte[] checksum(CRC32C crc) {
    return ByteBuffer.allocate(CHECKSUM_BYTES).putInt((int) crc.getValue()).array();
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
