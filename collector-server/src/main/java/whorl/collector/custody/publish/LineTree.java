package whorl.collector.custody.publish;

import java.io.IOException;
import java.util.List;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.custody.proof.TreeEdge;

/** The tree as the log's own lines give it, whatever tiles say. Thread-safe. */
final class LineTree {
  private final CustodyLog log;

  LineTree(CustodyLog log) {
    this.log = log;
  }

  /** The lines of a tile of leaves of the tree with this size. */
  List<LogLine> bundle(long from, long size) throws IOException {
    int width = (int) Math.min(TilePath.FULL, size - from);
    List<LogLine> lines = log.lines(from, width);
    if (lines.size() != width) {
      throw new IOException("custody lost lines after line " + from);
    }
    return lines;
  }

  /** The edge of the tree over the first lines; reads all of them. */
  TreeEdge edge(long size) throws IOException {
    TreeEdge computed = new TreeEdge();
    for (long from = 0; from < size; from += TilePath.FULL) {
      for (LogLine line : bundle(from, size)) {
        computed.add(line.leafHash(), (tile, hashes) -> {});
      }
    }
    return computed;
  }
}
