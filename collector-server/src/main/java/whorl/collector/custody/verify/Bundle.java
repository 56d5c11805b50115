package whorl.collector.custody.verify;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/** A set of named files to check together, independent of their storage. */
interface Bundle {
  /** No more lines of a file are kept in memory; a few kilobytes can unpack to millions. */
  int LINES_MAX = 200_000;

  /** The names; their parts are separated by {@code /}. */
  SortedSet<String> names();

  /**
   * @throws java.nio.file.NoSuchFileException if there is no such file
   */
  InputStream open(String name) throws IOException;

  /** The file's length, as the list of files says; reading gives no more. */
  default long size(String name) throws IOException {
    return digest(name).size();
  }

  /** The file's size and digest, read in one pass. */
  default ArtifactCheck digest(String name) throws IOException {
    MessageDigest sha256 = Digest.newSha256();
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    try (InputStream in = open(name)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha256.update(buffer, 0, read);
        size += read;
      }
    }
    return new ArtifactCheck(size, Digest.of(sha256));
  }

  /** Why {@link #read} gives nothing, for a message. */
  default String absence(String name, int maxBytes) {
    return names().contains(name)
        ? name + " has more than " + (maxBytes >> 20) + " MiB, and is not read"
        : name + " is missing";
  }

  /** The whole file; null if it does not exist or is longer than {@code maxBytes}. */
  default byte @Nullable [] read(String name, int maxBytes) throws IOException {
    if (!names().contains(name)) {
      return null;
    }
    try (InputStream in = open(name)) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (content.size() + read > maxBytes) {
          return null;
        }
        content.write(buffer, 0, read);
      }
      return content.toByteArray();
    }
  }

  /**
   * The lines of a text, without their line feeds.
   *
   * @throws IOException if there are more than {@link #LINES_MAX}
   */
  static List<byte[]> lines(byte[] text) throws IOException {
    List<byte[]> lines = new ArrayList<>();
    int from = 0;
    while (from < text.length) {
      int end = from;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      if (lines.size() == LINES_MAX) {
        throw new IOException("it has more than " + LINES_MAX + " lines");
      }
      lines.add(Arrays.copyOfRange(text, from, end));
      from = end + 1;
    }
    return lines;
  }
}
