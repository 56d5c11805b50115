package whorl.collector.custody.proof;

import java.util.Iterator;
import java.util.List;
import whorl.evidence.Digest;

/** Checks proofs, with the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2. */
public final class Proofs {
  private Proofs() {}

  /** True if the proof shows that the leaf is at {@code index} in the tree with this root. */
  public static boolean isIncluded(
      Digest leaf, long index, long size, List<Digest> proof, Digest root) {
    if (index < 0 || index >= size) {
      return false;
    }
    long first = index;
    long second = size - 1;
    Digest hash = leaf;
    for (Digest sibling : proof) {
      if (second == 0) {
        return false;
      }
      if ((first & 1) == 1 || first == second) {
        hash = TreeHash.node(sibling, hash);
        while ((first & 1) == 0 && first != 0) {
          first >>= 1;
          second >>= 1;
        }
      } else {
        hash = TreeHash.node(hash, sibling);
      }
      first >>= 1;
      second >>= 1;
    }
    return second == 0 && hash.equals(root);
  }

  /** True if the proof shows that the larger tree begins with the smaller one. */
  public static boolean isConsistent(
      long smaller, Digest smallerRoot, long larger, Digest largerRoot, List<Digest> proof) {
    if (smaller < 0 || smaller > larger) {
      return false;
    }
    if (smaller == larger) {
      return proof.isEmpty() && smallerRoot.equals(largerRoot);
    }
    if (smaller == 0) {
      return proof.isEmpty() && smallerRoot.equals(TreeHash.EMPTY);
    }
    Iterator<Digest> path = proof.iterator();
    boolean perfect = Long.bitCount(smaller) == 1;
    if (!perfect && !path.hasNext()) {
      return false;
    }
    long first = smaller - 1;
    long second = larger - 1;
    while ((first & 1) == 1) {
      first >>= 1;
      second >>= 1;
    }
    Digest toSmaller = perfect ? smallerRoot : path.next();
    Digest toLarger = toSmaller;
    while (path.hasNext()) {
      Digest sibling = path.next();
      if (second == 0) {
        return false;
      }
      if ((first & 1) == 1 || first == second) {
        toSmaller = TreeHash.node(sibling, toSmaller);
        toLarger = TreeHash.node(sibling, toLarger);
        while ((first & 1) == 0 && first != 0) {
          first >>= 1;
          second >>= 1;
        }
      } else {
        toLarger = TreeHash.node(toLarger, sibling);
      }
      first >>= 1;
      second >>= 1;
    }
    return second == 0 && toSmaller.equals(smallerRoot) && toLarger.equals(largerRoot);
  }
}
