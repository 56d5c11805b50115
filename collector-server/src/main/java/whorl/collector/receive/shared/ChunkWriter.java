package whorl.collector.receive.shared;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.ObjectStore;
import whorl.evidence.Digest;

/**
 * Writes the bytes of one chunk to objects. An artifact that comes in one chunk becomes one object,
 * as long as it is no longer than {@link #WHOLE_MAX_BYTES}, and so does one that fits into a part.
 * A larger one becomes parts of {@code partBytes} each. At the end of a chunk a shorter part is
 * made, if the object store takes it. The rest of a chunk becomes its own object, which is put
 * again when the bytes for a part are together. Nothing counts before its {@link UploadRow} is
 * saved. For one thread.
 */
final class ChunkWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkWriter.class);

  /** More objects than these are put together to one. */
  private static final int REST_MAX = 64;

  /**
   * The most bytes of an artifact that wait on the local disk for its last one: written straight to
   * its content address, it takes no parts that have to be joined and copied.
   */
  static final long WHOLE_MAX_BYTES = 32 << 20;

  private static final int BUFFER_BYTES = 64 << 10;

  private final UploadObjects objects;
  private final long endMax;
  private final UploadRow row;
  private final RestCache cache;
  private final PartPuts puts;
  private long spillMaxBytes;
  private Spill spill;

  /** The bytes of {@link #rest}, one spill for each of some; null if they are not here. */
  private @Nullable List<Spill> cached;

  private List<Rest> rest;
  private int parts;
  private String partsKey;
  private String partsUpload;
  private boolean begun;
  private boolean mayCount;
  private boolean saved;
  private @Nullable Spill whole;

  /** Has all bytes of the chunk, which is the whole artifact; null if it is not. */
  private @Nullable AddressedParts addressed;

  /**
   * @param row as it was when it was locked
   * @param endMax the most bytes that the artifact may have
   * @param announced the SHA-256 of the whole artifact, if it comes with this chunk; else null
   */
  ChunkWriter(SharedState state, UploadRow row, long endMax, @Nullable Digest announced) {
    this.objects = state.objects();
    this.endMax = endMax;
    this.cache = state.cache();
    this.row = row;
    this.puts = new PartPuts(objects.store(), state.threads());
    this.cached = cache.take(row);
    this.rest = row.rest();
    this.parts = row.parts();
    this.partsKey = row.partsKey();
    this.partsUpload = row.partsUpload();
    this.spill = objects.spill();
    boolean mayComeWhole =
        row.received() == 0 && row.length() >= 0 && row.length() <= WHOLE_MAX_BYTES;
    this.spillMaxBytes = mayComeWhole ? Math.max(row.length(), row.partBytes()) : row.partBytes();
    if (announced != null && row.received() == 0 && row.length() > row.partBytes()) {
      addressed = new AddressedParts(objects, state.threads(), announced, row.partBytes());
    }
  }

  /** Makes parts of what was joined, so that others can follow. Call it first. */
  void resume() throws IOException {
    if (!rest.isEmpty() && rest.get(0).bytes() >= row.partBytes()) {
      copyJoined(rest.get(0));
      rest = rest.subList(1, rest.size());
      forgetCached();
    }
  }

  private void copyJoined(Rest joined) throws IOException {
    begin();
    String from = UploadObjects.key(row.id(), joined.name());
    for (UploadObjects.Range each : UploadObjects.ranges(joined.bytes())) {
      parts++;
      puts.add(
          objects
              .store()
              .copyPart(partsKey, partsUpload, parts, from, each.offset(), each.length()));
    }
  }

  /**
   * The digest of the bytes before the chunk if none of them is in a part; null otherwise. What is
   * read for it need not be read again for the part that these bytes become.
   */
  @Nullable MessageDigest restDigest() throws IOException {
    if (parts > 0) {
      return null;
    }
    List<Spill> before = cached;
    if (before == null) {
      Spill all = objects.spill();
      before = List.of(all);
      cached = before;
      objects.read(row.id(), rest, all);
    }
    MessageDigest digest = Digest.newSha256();
    for (Spill each : before) {
      try (InputStream in = each.read()) {
        UploadObjects.updateFrom(in, each.size(), digest);
      }
    }
    return digest;
  }

  /** Appends the remaining bytes. */
  void accept(ByteBuffer piece) throws IOException {
    AddressedParts all = addressed;
    if (all != null) {
      all.accept(piece);
      return;
    }
    while (piece.hasRemaining()) {
      long room = spillMaxBytes - Rest.bytes(rest) - spill.size();
      if (room <= 0) {
        cut();
        continue;
      }
      int end = piece.limit();
      piece.limit(piece.position() + (int) Math.min(room, piece.remaining()));
      spill.write(piece);
      piece.limit(end);
    }
  }

  private void begin() throws IOException {
    if (partsKey.isEmpty()) {
      String key = UploadObjects.key(row.id(), "parts-" + row.revision());
      partsUpload = objects.store().beginParts(key);
      partsKey = key;
      begun = true;
    }
  }

  private void cut() throws IOException {
    begin();
    Spill part = together();
    parts++;
    puts.put(partsKey, partsUpload, parts, part, true);
  }

  private void forgetCached() throws IOException {
    List<Spill> forgotten = cached;
    cached = null;
    if (forgotten != null) {
      for (Spill each : forgotten) {
        each.close();
      }
    }
  }

  /**
   * Takes all bytes that are in no part: those of earlier chunks and this one's. The caller closes
   * them.
   */
  private Spill together() throws IOException {
    Spill mine = spill;
    if (rest.isEmpty()) {
      spill = objects.spill();
      return mine;
    }
    List<Spill> before = cached;
    Spill all = objects.spill();
    try {
      if (before == null) {
        objects.read(row.id(), rest, all);
      } else {
        for (Spill each : before) {
          append(each, all);
        }
      }
      append(mine, all);
    } catch (IOException | RuntimeException | Error e) {
      all.close();
      throw e;
    }
    forgetCached();
    rest = List.of();
    spill = objects.spill();
    mine.close();
    return all;
  }

  private static void append(Spill from, Spill to) throws IOException {
    try (InputStream in = from.read()) {
      to.write(in, from.size());
    }
  }

  /** The artifact does not end with this chunk, although it could have come whole. */
  private void cutWhole() throws IOException {
    spillMaxBytes = row.partBytes();
    try (Spill all = together()) {
      acceptAll(all);
    }
  }

  private void acceptAll(Spill all) throws IOException {
    try (InputStream in = all.read()) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        accept(ByteBuffer.wrap(buffer, 0, read));
      }
    }
  }

  /**
   * True if a chunk with the last byte can complete the artifact. If not, {@link #keepable} of its
   * bytes can be kept, and the sender goes on from there.
   *
   * @param sha256 of the artifact; null if it is unknown
   */
  boolean canComplete(@Nullable Digest sha256) {
    return addressed == null || (sha256 != null && addressed.canPlace(sha256));
  }

  /** How many of the received bytes {@link #keep} can keep. */
  long keepable(long received) {
    return addressed == null ? received : addressed.hereBytes();
  }

  /** The chunk is not the whole artifact, or not the announced one. */
  private void keepOtherwise(AddressedParts all) throws IOException {
    addressed = null;
    spillMaxBytes = row.partBytes();
    try (all;
        Spill here = all.here()) {
      acceptAll(here);
    }
  }

  /**
   * True if so many bytes become a part at the end of a chunk. A part that is not full saves that
   * its bytes are put twice; there are as many of these as leave enough numbers for full ones.
   */
  private boolean isPart(long bytes, long received) {
    long least = Math.max(objects.store().minPartBytes(), row.partBytes() / 8 * 5);
    long left = (endMax - received) / row.partBytes() + 1;
    return bytes >= row.partBytes() || bytes >= least && parts + 1 + left <= ObjectStore.PARTS_MAX;
  }

  /**
   * Writes what is in no part yet.
   *
   * @param received {@link #keepable}
   * @return the row to save
   */
  UploadRow keep(long received) throws IOException {
    if (addressed != null) {
      keepOtherwise(addressed);
    }
    if (spill.size() > row.partBytes()) {
      cutWhole();
    }
    if (isPart(Rest.bytes(rest) + spill.size(), received)) {
      cut();
    }
    if (spill.size() > 0 && rest.size() >= REST_MAX) {
      Spill all = together();
      spill.close();
      spill = all;
    }
    List<Rest> kept = new ArrayList<>(rest);
    if (spill.size() > 0) {
      String name = Long.toString(row.revision());
      spill.putTo(objects.store(), UploadObjects.key(row.id(), name));
      kept.add(new Rest(name, spill.size()));
    }
    puts.await();
    return row.with(received, parts, partsKey, partsUpload, kept);
  }

  /** The tags of the parts that the chunk added, after {@link #keep}. */
  List<String> tags() throws IOException {
    return puts.await();
  }

  /**
   * Makes one of all bytes: an object of the parts, or a file here.
   *
   * @param earlier the tags of the parts of earlier chunks
   */
  void join(long size, List<String> earlier) throws IOException {
    if (addressed != null) {
      return;
    }
    if (parts == 0) {
      whole = together();
      return;
    }
    if (spill.size() > 0 || !rest.isEmpty()) {
      cut();
    }
    List<String> all = new ArrayList<>(earlier);
    all.addAll(puts.await());
    long joined = objects.join(partsKey, partsUpload, all, size);
    if (joined != size) {
      throw new IOException(
          "upload " + row.id() + " has " + size + " bytes, and its joined parts " + joined);
    }
  }

  /** The digest of all bytes, after {@link #join}: reads them. */
  Digest digest(long size) throws IOException {
    Spill all = whole;
    if (all != null) {
      return all.digest();
    }
    try (InputStream in = objects.store().read(partsKey, 0)) {
      return UploadObjects.digest(in, size);
    }
  }

  /** Puts all bytes at their content address, after {@link #join}. */
  void place(Digest sha256) throws IOException {
    String blob = UploadObjects.blobKey(sha256);
    Spill all = whole;
    if (addressed != null) {
      addressed.place(sha256);
    } else if (all != null) {
      all.putTo(objects.store(), blob);
    } else {
      objects.store().copy(partsKey, blob, row.length());
    }
  }

  /** The key of the joined parts; empty if there are none. */
  String partsKey() {
    return partsKey;
  }

  /**
   * From now on the row may be written: if the answer is lost, the parts may be those that count.
   */
  void mayCount() {
    mayCount = true;
  }

  /** The row is another holder's: nothing of this chunk counts. */
  void lost() {
    mayCount = false;
  }

  /** The row was saved: what this chunk wrote counts. */
  void saved(UploadRow now) {
    saved = true;
    if (now.sha256() != null || now.rest().isEmpty()) {
      return;
    }
    List<Spill> here = new ArrayList<>();
    if (!rest.isEmpty()) {
      if (cached == null) {
        return; // what came before is not here
      }
      here.addAll(cached);
      cached = null;
    }
    if (spill.size() > 0) {
      here.add(spill);
      spill = objects.spill();
    }
    cache.put(now, here);
  }

  @Override
  public void close() throws IOException {
    puts.close();
    spill.close();
    if (whole != null) {
      whole.close();
    }
    if (addressed != null) {
      addressed.close();
    }
    if (!saved && cached != null && rest.equals(row.rest())) {
      cache.put(row, cached);
      cached = null;
    }
    forgetCached();
    if (begun && !mayCount) {
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
