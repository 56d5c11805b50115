package whorl.collector.custody.proof;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * The right edge of a growing tree: of each level the hashes of the tile that is not full yet. This
 * is all that is needed to add leaves, to compute the root, and to write tiles. Not thread-safe.
 */
public final class TreeEdge {
  private final List<List<Digest>> levels = new ArrayList<>();
  private long size;

  /** Receives each tile when it becomes full. */
  @FunctionalInterface
  public interface FullTiles {
    void full(TilePath path, List<Digest> hashes) throws IOException;
  }

  /** An empty tree. */
  public TreeEdge() {}

  /**
   * Restores the edge of a tree from its tiles. The caller compares {@link #root} with a signed
   * root.
   *
   * @throws IOException if a tile is missing or has another length
   */
  public static TreeEdge read(TileSource tiles, long size) throws IOException {
    TreeEdge edge = new TreeEdge();
    edge.size = size;
    long count = size;
    for (int level = 0; count > 0; level++) {
      List<Digest> hashes = new ArrayList<>();
      if (count % TilePath.FULL > 0) {
        TilePath path = TilePath.of(level, count / TilePath.FULL, count);
        hashes.addAll(Tile.hashes(path, tiles.read(path)));
      }
      edge.levels.add(hashes);
      count /= TilePath.FULL;
    }
    return edge;
  }

  /** Adds a leaf by its hash. */
  public void add(Digest leaf, FullTiles fullTiles) throws IOException {
    Digest hash = leaf;
    long index = size / TilePath.FULL;
    for (int level = 0; hash != null; level++) {
      if (level == levels.size()) {
        levels.add(new ArrayList<>(TilePath.FULL));
      }
      List<Digest> hashes = levels.get(level);
      hashes.add(hash);
      hash = null;
      if (hashes.size() == TilePath.FULL) {
        fullTiles.full(new TilePath(level, index, TilePath.FULL), List.copyOf(hashes));
        hash = TreeHash.perfect(hashes);
        hashes.clear();
        index /= TilePath.FULL;
      }
    }
    size++;
  }

  /** The tiles that are not full yet. */
  public void partialTiles(FullTiles partial) throws IOException {
    long count = size;
    for (int level = 0; level < levels.size(); level++) {
      List<Digest> hashes = levels.get(level);
      if (!hashes.isEmpty()) {
        partial.full(TilePath.of(level, count / TilePath.FULL, count), List.copyOf(hashes));
      }
      count /= TilePath.FULL;
    }
  }

  /** The number of leaves. */
  public long size() {
    return size;
  }

  /** The root of the tree. */
  public Digest root() {
    Digest root = null;
    for (List<Digest> hashes : levels) {
      int end = hashes.size();
      while (end > 0) {
        int width = Integer.lowestOneBit(end);
        root = joined(TreeHash.perfect(hashes.subList(end - width, end)), root);
        end -= width;
      }
    }
    return root == null ? TreeHash.EMPTY : root;
  }

  private static Digest joined(Digest left, @Nullable Digest right) {
    return right == null ? left : TreeHash.node(left, right);
  }
}
