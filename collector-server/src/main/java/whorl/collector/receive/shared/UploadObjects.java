package whorl.collector.receive.shared;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
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
 * that was taken for dead writes late overwrites nothing. Thread-safe.
 */
final class UploadObjects {
  private static final String ROOT = "uploads/";
  private static final int PAGE = 1000;

  private final ObjectStore objects;
  private final Path scratch;

  /**
   * @param scratch a local folder for one part at a time of each request
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

  /** Joins the parts to an object; does nothing if that was done before. */
  void join(String key, String partsUpload, List<String> tags, long size) throws IOException {
    try {
      objects.completeParts(key, partsUpload, tags);
    } catch (IOException e) {
      ObjectStore.ObjectFacts joined = objects.find(key);
      if (joined == null || joined.size() != size) {
        throw e;
      }
    }
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
