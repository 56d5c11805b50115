package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The header Content-MD5: the store refuses content that was damaged on its way. Object Lock
 * requires it.
 */
final class ContentMd5 {
  private static final int BUFFER_BYTES = 64 << 10;

  private ContentMd5() {}

  static String of(byte[] content) {
    return text(md5().digest(content));
  }

  /** The digest of a part of a file. */
  static String of(Path file, long offset, long length) throws IOException {
    MessageDigest md5 = md5();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long at = offset;
      while (at < offset + length) {
        buffer.clear().limit((int) Math.min(BUFFER_BYTES, offset + length - at));
        int count = channel.read(buffer, at);
        if (count < 0) {
          throw new IOException(file + " became shorter while it was stored");
        }
        md5.update(buffer.flip());
        at += count;
      }
    }
    return text(md5.digest());
  }

  private static String text(byte[] digest) {
    return Base64.getEncoder().encodeToString(digest);
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform lacks MD5", e);
    }
  }
}
