package whorl.collector.custody.proof;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import whorl.collector.recent.RecentMap;
import whorl.evidence.Digest;

/**
 * Makes the proofs of RFC 6962 section 2.1 from tiles. It trusts the tiles: the reader who checks a
 * proof against a signed root learns whether they are right. Not thread-safe.
 */
public final class ProofMaker {
  private static final int CACHED_MAX = 64;

  /** Leaves beside each other have most nodes of their proofs in common. */
  private static final int NODES_MAX = 16_384;

  private final TileSource tiles;
  private final long size;
  private final Map<TilePath, List<Digest>> cached = RecentMap.byUse(CACHED_MAX);
  private final Map<Node, Digest> nodes = RecentMap.byUse(NODES_MAX);

  private record Node(int row, long index) {}

  /**
   * @param size of the tree whose tiles are read
   */
  public ProofMaker(TileSource tiles, long size) {
    this.tiles = tiles;
    this.size = size;
  }

  /** The root of the first {@code leaves} leaves. */
  public Digest root(long leaves) throws IOException {
    checkSize(leaves);
    return leaves == 0 ? TreeHash.EMPTY : range(0, leaves);
  }

  /** The proof that a leaf is in the tree of the first {@code leaves} leaves, lowest node first. */
  public List<Digest> inclusion(long index, long leaves) throws IOException {
    checkSize(leaves);
    if (index < 0 || index >= leaves) {
      throw new IllegalArgumentException("no leaf " + index + " among " + leaves);
    }
    List<Digest> path = new ArrayList<>();
    long start = 0;
    long end = leaves;
    while (end - start > 1) {
      long middle = start + split(end - start);
      if (index < middle) {
        path.add(range(middle, end));
        end = middle;
      } else {
        path.add(range(start, middle));
        start = middle;
      }
    }
    Collections.reverse(path);
    return path;
  }

  /** The proof that the tree of {@code larger} leaves begins with that of {@code smaller}. */
  public List<Digest> consistency(long smaller, long larger) throws IOException {
    checkSize(larger);
    if (smaller < 0 || smaller > larger) {
      throw new IllegalArgumentException("no proof from " + smaller + " to " + larger);
    }
    List<Digest> path = new ArrayList<>();
    if (smaller == 0 || smaller == larger) {
      return path;
    }
    long start = 0;
    long end = larger;
    while (smaller != end) {
      long middle = start + split(end - start);
      if (smaller <= middle) {
        path.add(range(middle, end));
        end = middle;
      } else {
        path.add(range(start, middle));
        start = middle;
      }
    }
    if (start != 0) {
      path.add(range(start, end));
    }
    Collections.reverse(path);
    return path;
  }

  private void checkSize(long leaves) {
    if (leaves < 0 || leaves > size) {
      throw new IllegalArgumentException("the tree has " + size + " leaves, not " + leaves);
    }
  }

  /** The largest power of two below {@code count}. */
  private static long split(long count) {
    return Long.highestOneBit(count - 1);
  }

  /** The root of the leaves from {@code start} to {@code end}; start is as splitting gives it. */
  private Digest range(long start, long end) throws IOException {
    long count = end - start;
    if (Long.bitCount(count) == 1) {
      return node(Long.numberOfTrailingZeros(count), start / count);
    }
    long middle = start + split(count);
    return TreeHash.node(range(start, middle), range(middle, end));
  }

  /** The node above {@code 2^row} leaves. */
  private Digest node(int row, long index) throws IOException {
    Node place = new Node(row, index);
    Digest node = nodes.get(place);
    if (node == null) {
      node = computed(row, index);
      nodes.put(place, node);
    }
    return node;
  }

  private Digest computed(int row, long index) throws IOException {
    int level = row / TilePath.HEIGHT;
    int width = 1 << row % TilePath.HEIGHT;
    long first = index * width;
    TilePath path = TilePath.of(level, first / TilePath.FULL, size >> (level * TilePath.HEIGHT));
    int from = (int) (first % TilePath.FULL);
    List<Digest> hashes = cached.get(path);
    if (hashes == null) {
      hashes = Tile.hashes(path, tiles.read(path));
      cached.put(path, hashes);
    }
    return TreeHash.perfect(hashes.subList(from, from + width));
  }
}
