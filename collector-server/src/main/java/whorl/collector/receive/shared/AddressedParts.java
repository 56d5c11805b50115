package whorl.collector.receive.shared;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.ObjectStore;
import whorl.evidence.Digest;

/**
 * An artifact that comes in one chunk, with its announced SHA-256: its parts are put while it
 * arrives, straight to its content address. Nothing is there, and nothing is acknowledged, before
 * {@link #complete}; the caller calls it only if the bytes have that digest. So nothing has to be
 * joined and copied. The first {@link ChunkWriter#WHOLE_MAX_BYTES} stay on the local disk until
 * then, for the case that the chunk breaks off, or that the announcement is wrong. For one thread.
 */
final class AddressedParts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AddressedParts.class);

  private final UploadObjects objects;
  private final Digest announced;
  private final long partBytes;
  private final PartPuts puts;
  private final List<Spill> first = new ArrayList<>();
  private Spill filling;
  private long firstBytes;
  private long bytes;
  private int parts;
  private @Nullable String partsUpload;

  AddressedParts(UploadObjects objects, Executor threads, Digest announced, long partBytes) {
    this.objects = objects;
    this.announced = announced;
    this.partBytes = partBytes;
    this.puts = new PartPuts(objects.store(), threads);
    this.filling = objects.spill();
  }

  /** Appends the remaining bytes. */
  void accept(ByteBuffer piece) throws IOException {
    while (piece.hasRemaining()) {
      if (filling.size() == partBytes) {
        put();
      }
      int end = piece.limit();
      int taken = (int) Math.min(partBytes - filling.size(), piece.remaining());
      piece.limit(piece.position() + taken);
      filling.write(piece);
      piece.limit(end);
      bytes += taken;
    }
  }

  private void put() throws IOException {
    String upload = partsUpload;
    if (upload == null) {
      upload = objects.store().beginParts(key());
      partsUpload = upload;
    }
    Spill part = filling;
    filling = objects.spill();
    parts++;
    // All before it are here, so that what is here is the beginning.
    boolean stays = firstBytes + part.size() <= ChunkWriter.WHOLE_MAX_BYTES && isAllHere();
    if (stays) {
      first.add(part);
      firstBytes += part.size();
    }
    puts.put(key(), upload, parts, part, !stays);
  }

  private boolean isAllHere() {
    return first.size() == parts - 1;
  }

  private String key() {
    return UploadObjects.blobKey(announced);
  }

  /**
   * True if the content can be placed: it has the announced digest, or all of it is here still.
   *
   * @param sha256 of all bytes
   */
  boolean canPlace(Digest sha256) {
    return announced.equals(sha256) || hereBytes() == bytes;
  }

  /** The number of bytes from the beginning that are still here. */
  long hereBytes() {
    return first.size() == parts ? bytes : firstBytes;
  }

  /**
   * Makes the object at the content address, or puts it at another one if the announcement was
   * wrong. The content is pinned.
   */
  void place(Digest sha256) throws IOException {
    if (!announced.equals(sha256) || partsUpload == null) {
      try (Spill all = here()) {
        all.putTo(objects.store(), UploadObjects.blobKey(sha256));
      }
      return;
    }
    put();
    complete(partsUpload);
  }

  /** An answer that was lost leaves the object complete, and the parted upload unknown. */
  private void complete(String upload) throws IOException {
    try {
      objects.store().completeParts(key(), upload, puts.await());
    } catch (NoSuchFileException unknown) {
      ObjectStore.ObjectFacts facts = objects.store().find(key());
      if (facts == null || facts.size() != bytes) {
        throw unknown;
      }
    }
    partsUpload = null;
  }

  /** The first {@link #hereBytes}, for the caller to close. */
  Spill here() throws IOException {
    puts.close();
    long left = hereBytes();
    Spill all = objects.spill();
    try {
      for (Spill each : first) {
        left -= append(each, all);
      }
      if (left > 0) {
        append(filling, all);
      }
      return all;
    } catch (IOException | RuntimeException | Error e) {
      all.close();
      throw e;
    }
  }

  private static long append(Spill from, Spill to) throws IOException {
    try (InputStream in = from.read()) {
      to.write(in, from.size());
    }
    return from.size();
  }

  /** Deletes what is here, and the parts that did not become an object. */
  @Override
  public void close() throws IOException {
    puts.close();
    abort();
    filling.close();
    for (Spill each : first) {
      each.close();
    }
  }

  private void abort() {
    String upload = partsUpload;
    if (upload == null) {
      return;
    }
    try {
      objects.store().abortParts(key(), upload);
    } catch (IOException | RuntimeException e) {
      LOG.warn("parts of {} stay in the object store until its rules remove them", key(), e);
    }
  }
}
