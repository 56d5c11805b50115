package whorl.collector.custody.publish;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.Tile;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.custody.proof.TileSource;

/**
 * Compares lines of the log with the tiles that were published, a tile at each step, again and
 * again with pauses. So a line that is changed while collectors run is found. Not thread-safe.
 */
final class TileAudit {
  private static final Duration PAUSE = Duration.ofHours(1);

  private final CustodyLog log;
  private final TileSource tiles;
  private final InstantSource clock;
  private long next;
  private Instant pauseUntil = Instant.MIN;

  TileAudit(CustodyLog log, TileSource tiles, InstantSource clock) {
    this.log = log;
    this.tiles = tiles;
    this.clock = clock;
  }

  /**
   * Compares the next tile.
   *
   * @param size of the published tree
   * @return false if it is missing, or is not of the log's lines
   */
  boolean step(long size) throws IOException {
    if (next * TilePath.FULL >= size) {
      next = 0;
      pauseUntil = clock.instant().plus(PAUSE);
    }
    if (size == 0 || clock.instant().isBefore(pauseUntil)) {
      return true;
    }
    TilePath path = TilePath.of(0, next, size);
    next++;
    List<LogLine> lines = log.lines(path.index() * TilePath.FULL, path.width());
    byte[] expected = Tile.bytes(lines.stream().map(LogLine::leafHash).toList());
    try {
      return Arrays.equals(tiles.read(path), expected);
    } catch (NoSuchFileException missing) {
      return false;
    }
  }
}
