package whorl.collector.custody.publish;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.Tile;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.custody.proof.TileSource;

/**
 * Tiles as readers ask for them. A partial tile of an earlier tree is no longer kept when a wider
 * one is, and is its beginning; leaves come from the log's lines. Thread-safe.
 */
final class TileReader implements TileSource {
  private static final int LEVEL_BITS = 8;

  private final CustodyLog log;
  private final PublishedLog published;

  TileReader(CustodyLog log, PublishedLog published) {
    this.log = log;
    this.published = published;
  }

  @Override
  public byte[] read(TilePath path) throws IOException {
    SignedCheckpoint checkpoint = published.checkpoint();
    long count = checkpoint == null ? 0 : checkpoint.size();
    count >>= LEVEL_BITS * Math.max(0, path.level());
    if (path.index() * TilePath.FULL + path.width() > count) {
      throw new NoSuchFileException(path.path());
    }
    if (path.level() == TilePath.ENTRIES) {
      List<LogLine> lines = log.lines(path.index() * TilePath.FULL, path.width());
      return Tile.bundle(lines.stream().map(LogLine::leaf).toList());
    }
    byte[] exact = readOrNull(path);
    if (exact != null || !path.isPartial()) {
      return found(path, exact);
    }
    byte[] wider = readOrNull(path.withWidth(TilePath.FULL));
    if (wider == null) {
      wider = readOrNull(TilePath.of(path.level(), path.index(), count));
    }
    return Tile.narrowed(found(path, wider), path.width());
  }

  private byte @Nullable [] readOrNull(TilePath path) throws IOException {
    try {
      return published.read(path);
    } catch (NoSuchFileException none) {
      return null;
    }
  }

  private static byte[] found(TilePath path, byte @Nullable [] content) throws NoSuchFileException {
    if (content == null) {
      throw new NoSuchFileException(path.path());
    }
    return content;
  }
}
