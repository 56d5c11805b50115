package whorl.collector.receive.shared;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.ObjectStore;
import whorl.evidence.Digest;

/**
 * Writes the bytes of one chunk to objects. An artifact that fits into a part becomes one object;
 * of a larger one, each {@code partBytes} become a part. The rest of a chunk becomes an object of
 * its own, which is read back when the bytes for a part are together. Nothing counts before its
 * {@link UploadRow} is saved. For one thread.
 */
final class ChunkWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkWriter.class);

  /** More objects than these are put together to one. */
  private static final int REST_MAX = 64;

  private final UploadObjects objects;
  private final UploadRow row;
  private final RestCache cache;
  private final List<String> tags = new ArrayList<>();
  private Spill spill;
  private @Nullable Spill cached;
  private List<Rest> rest;
  private int parts;
  private String partsKey;
  private String partsUpload;
  private boolean begun;
  private boolean mayBeSaved;

  /**
   * @param row as it was when it was locked
   */
  ChunkWriter(UploadObjects objects, RestCache cache, UploadRow row) throws IOException {
    this.objects = objects;
    this.cache = cache;
    this.row = row;
    this.cached = cache.take(row);
    this.rest = row.rest();
    this.parts = row.parts();
    this.partsKey = row.partsKey();
    this.partsUpload = row.partsUpload();
    this.spill = objects.spill();
    if (Rest.bytes(rest) > row.partBytes()) {
      cutRest();
    }
  }

  /** Makes parts of joined parts: an upload goes on after its bytes were frozen. */
  private void cutRest() throws IOException {
    List<Rest> joined = rest;
    rest = List.of();
    forgetCached();
    byte[] buffer = new byte[64 << 10];
    for (Rest each : joined) {
      try (InputStream in = objects.store().read(UploadObjects.key(row.id(), each.name()), 0)) {
        long left = each.bytes();
        while (left > 0) {
          int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
          if (read < 0) {
            throw new IOException("object " + each.name() + " of upload " + row.id() + " is short");
          }
          accept(ByteBuffer.wrap(buffer, 0, read));
          left -= read;
        }
      }
    }
  }

  /** Appends the remaining bytes. */
  void accept(ByteBuffer piece) throws IOException {
    while (piece.hasRemaining()) {
      long room = row.partBytes() - Rest.bytes(rest) - spill.size();
      if (room == 0) {
        cut();
        continue;
      }
      int end = piece.limit();
      piece.limit(piece.position() + (int) Math.min(room, piece.remaining()));
      spill.write(piece);
      piece.limit(end);
    }
  }

  private void cut() throws IOException {
    if (partsKey.isEmpty()) {
      String key = UploadObjects.key(row.id(), "parts-" + row.revision());
      partsUpload = objects.store().beginParts(key);
      partsKey = key;
      begun = true;
    }
    tags.add(putPart(parts + 1));
    parts++;
    rest = List.of();
    forgetCached();
    spill.reset();
  }

  private void forgetCached() throws IOException {
    Spill forgotten = cached;
    cached = null;
    if (forgotten != null) {
      forgotten.close();
    }
  }

  private String putPart(int number) throws IOException {
    ObjectStore store = objects.store();
    if (rest.isEmpty()) {
      return spill.putPart(store, partsKey, partsUpload, number);
    }
    try (Spill part = together()) {
      return part.putPart(store, partsKey, partsUpload, number);
    }
  }

  /** The rest of earlier chunks and this one's. */
  private Spill together() throws IOException {
    Spill before = cached;
    cached = null;
    Spill all = before == null ? objects.spill() : before;
    try (InputStream in = spill.read()) {
      if (before == null) {
        objects.read(row.id(), rest, all);
      }
      all.write(in, spill.size());
      return all;
    } catch (IOException | RuntimeException | Error e) {
      all.close();
      throw e;
    }
  }

  /** The chunk's bytes that are in no part; the whole chunk if it was short. */
  Spill spill() {
    return spill;
  }

  /** The key of the parts; empty if there are none. */
  String partsKey() {
    return partsKey;
  }

  /** The tags of the parts that the chunk added. */
  List<String> tags() {
    return tags;
  }

  /**
   * Writes what is in no part yet.
   *
   * @param state of the running digest
   * @return the row to save
   */
  UploadRow keep(long received, String state) throws IOException {
    List<Rest> kept = new ArrayList<>(rest);
    if (spill.size() > 0) {
      String name = Long.toString(row.revision());
      String key = UploadObjects.key(row.id(), name);
      if (rest.size() < REST_MAX) {
        spill.putTo(objects.store(), key);
        kept.add(new Rest(name, spill.size()));
      } else {
        Spill all = together();
        spill.close();
        spill = all;
        rest = List.of();
        all.putTo(objects.store(), key);
        kept = List.of(new Rest(name, all.size()));
      }
    }
    return row.with(received, state, parts, partsKey, partsUpload, kept);
  }

  /**
   * Puts the whole artifact at its content address.
   *
   * @param earlier the tags of the parts of earlier chunks
   * @return the row to save
   */
  UploadRow finish(long size, Digest sha256, List<String> earlier) throws IOException {
    String blob = UploadObjects.blobKey(sha256);
    if (parts > 0) {
      List<String> all = new ArrayList<>(earlier);
      all.addAll(tags);
      if (spill.size() > 0 || !rest.isEmpty()) {
        all.add(putPart(parts + 1));
      }
      objects.join(partsKey, partsUpload, all, size);
      objects.store().copy(partsKey, blob);
    } else if (rest.isEmpty()) {
      spill.putTo(objects.store(), blob);
    } else {
      try (Spill all = together()) {
        all.putTo(objects.store(), blob);
      }
    }
    return row.complete(size, sha256);
  }

  /**
   * The row is about to be saved. If that fails nobody knows whether it was, so the parts must stay:
   * the row may count on them.
   */
  void saving() {
    mayBeSaved = true;
  }

  /** The row certainly was not saved. */
  void notSaved() {
    mayBeSaved = false;
  }

  /** The row was saved: what this chunk wrote counts. */
  void saved(UploadRow now) throws IOException {
    if (now.sha256() != null || now.rest().isEmpty()) {
      return;
    }
    if (!rest.isEmpty() && cached != null) {
      Spill all = together();
      spill.close();
      spill = all;
    } else if (!rest.isEmpty()) {
      return; // what came before is not here
    }
    cache.put(now, spill);
    spill = objects.spill();
  }

  @Override
  public void close() throws IOException {
    spill.close();
    forgetCached();
    if (begun && !mayBeSaved) {
      abort();
    }
  }

  private void abort() {
    try {
      objects.store().abortParts(partsKey, partsUpload);
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "the parts of upload {} stay in the object store until its rules remove them",
          row.id(),
          e);
    }
  }
}
