package whorl.collector.receive.shared;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import whorl.collector.store.objects.ObjectStore;
import whorl.evidence.Digest;

/**
 * The objects of uploads.
 *
 * <pre>
 * blobs/ab/&lt;sha-256&gt;              complete content, at its address for good
 * uploads/&lt;id&gt;/&lt;revision&gt;          bytes that are in no part yet
 * uploads/&lt;id&gt;/parts-&lt;revision&gt;    a parted upload; an object once its parts are joined
 * </pre>
 *
 * The revision is that of the row when it was locked, so no key is written by two holders: what one
 * that was taken for dead writes late overwrites nothing. A parted upload is no longer added to
 * once a holder of it failed or was taken for dead: its acknowledged parts are joined, and the next
 * holder copies them into a parted upload of its own ({@link SharedState#severed}). So a part or a
 * completion that comes late changes nothing that counts. Thread-safe.
 */
final class UploadObjects {
  private static final String ROOT = "uploads/";
  private static final int PAGE = 1000;
  private static final int BUFFER_BYTES = 64 << 10;

  /** The most bytes that one request of an object store copies within its time limit. */
  private static final long COPY_MAX_BYTES = 256L << 20;

  private final ObjectStore objects;
  private final Path scratch;

  /**
   * @param scratch a local folder for the parts that are on their way
   */
  UploadObjects(ObjectStore objects, Path scratch) {
    this.objects = objects;
    this.scratch = scratch;
  }

  static String blobKey(Digest sha256) {
    return "blobs/" + sha256.hex().substring(0, 2) + "/" + sha256.hex();
  }

  static String key(String upload, String name) {
    return ROOT + upload + "/" + name;
  }

  ObjectStore store() {
    return objects;
  }

  Spill spill() {
    return new Spill(scratch);
  }

  /** Appends the bytes of these objects. */
  void read(String upload, List<Rest> rest, Spill into) throws IOException {
    for (Rest each : rest) {
      try (InputStream in = objects.read(key(upload, each.name()), 0)) {
        into.write(in, each.bytes());
      }
    }
  }

  /** Small content, with its digest checked. */
  byte[] content(Digest sha256, long size) throws IOException {
    byte[] bytes;
    try (InputStream in = objects.read(blobKey(sha256), 0)) {
      bytes = in.readNBytes((int) Math.min(size + 1, Integer.MAX_VALUE));
    }
    if (!Digest.of(bytes).equals(sha256)) {
      throw new IOException("object " + blobKey(sha256) + " is not what its name says");
    }
    return bytes;
  }

  /** Some bytes of an object. */
  record Range(long offset, long length) {}

  /** The first bytes of an object in pieces of about the same size, each small enough to copy. */
  static List<Range> ranges(long bytes) {
    long pieces = (bytes + COPY_MAX_BYTES - 1) / COPY_MAX_BYTES;
    List<Range> ranges = new ArrayList<>();
    for (long i = 0; i < pieces; i++) {
      long from = bytes / pieces * i;
      long to = i == pieces - 1 ? bytes : bytes / pieces * (i + 1);
      ranges.add(new Range(from, to - from));
    }
    return ranges;
  }

  /** The digest of exactly {@code size} bytes of a stream; more may follow. */
  static Digest digest(InputStream in, long size) throws IOException {
    MessageDigest digest = Digest.newSha256();
    updateFrom(in, size, digest);
    return Digest.of(digest);
  }

  /** Digests exactly {@code size} bytes of a stream. */
  static void updateFrom(InputStream in, long size, MessageDigest digest) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long left = size;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new IOException("an object of an upload is " + left + " bytes shorter than it was");
      }
      digest.update(buffer, 0, read);
      left -= read;
    }
  }

  /** The digest of the bytes of these objects, one after the other. */
  Digest digest(String upload, List<Rest> rest) throws IOException {
    MessageDigest digest = Digest.newSha256();
    for (Rest each : rest) {
      try (InputStream in = objects.read(key(upload, each.name()), 0)) {
        updateFrom(in, each.bytes(), digest);
      }
    }
    return Digest.of(digest);
  }

  /**
   * Joins the parts to an object, or finds it joined. A holder that was taken for dead may have
   * joined them before, and then with parts that were never acknowledged after these: so the object
   * can be longer, and its beginning is right.
   *
   * @param size of these parts
   * @return the size of the object
   */
  long join(String key, String partsUpload, List<String> tags, long size) throws IOException {
    try {
      objects.completeParts(key, partsUpload, tags);
    } catch (IOException e) {
      ObjectStore.ObjectFacts joined = objects.find(key);
      if (joined == null || joined.size() < size) {
        throw e;
      }
      return joined.size();
    }
    // Where the same call succeeds twice, this object can be the other holder's, too.
    ObjectStore.ObjectFacts joined = objects.find(key);
    if (joined == null || joined.size() < size) {
      throw new IOException(
          "object "
              + key
              + " should have "
              + size
              + " bytes and has "
              + (joined == null ? "none" : joined.size())
              + "; terminate the upload, and send the artifact again");
    }
    return joined.size();
  }

  /** Deletes all objects of an upload but its content. */
  void clean(String upload) throws IOException {
    String prefix = key(upload, "");
    for (List<ObjectStore.ObjectFacts> page = objects.list(prefix, "", PAGE);
        !page.isEmpty();
        page = page.size() < PAGE ? List.of() : objects.list(prefix, last(page), PAGE)) {
      for (ObjectStore.ObjectFacts each : page) {
        objects.delete(each.key());
      }
    }
  }

  private static String last(List<ObjectStore.ObjectFacts> page) {
    return page.get(page.size() - 1).key();
  }

  /**
   * Up to a thousand objects of uploads.
   *
   * @param last the last key that was looked at; empty if it was the last page
   */
  record Page(Set<String> uploads, String last) {}

  /** The uploads that have objects, by pages. */
  Page uploads(String after) throws IOException {
    List<ObjectStore.ObjectFacts> page = objects.list(ROOT, after, PAGE);
    Set<String> ids = new TreeSet<>();
    for (ObjectStore.ObjectFacts each : page) {
      String rest = each.key().substring(ROOT.length());
      int slash = rest.indexOf('/');
      if (slash > 0) {
        ids.add(rest.substring(0, slash));
      }
    }
    return new Page(ids, page.size() < PAGE ? "" : last(page));
  }
}
