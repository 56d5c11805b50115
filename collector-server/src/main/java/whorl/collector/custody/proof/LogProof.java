package whorl.collector.custody.proof;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * What shows that lines are in a log: a checkpoint, and proofs for it.
 *
 * @param key that signs the log's checkpoints
 * @param stamped an earlier checkpoint, or the same, with a time stamp; null if there is none
 */
public record LogProof(
    VerifierKey key, SignedCheckpoint checkpoint, Paths paths, @Nullable Stamped stamped) {

  /**
   * The proofs, in the form in which they are kept in JSON.
   *
   * @param size of the tree that the inclusion proofs are for
   * @param inclusion one proof for each line that this tree has
   * @param consistency proofs that the tree begins with earlier ones
   */
  public record Paths(long size, List<Inclusion> inclusion, List<Consistency> consistency) {
    public Paths {
      inclusion = inclusion == null ? List.of() : List.copyOf(inclusion);
      consistency = consistency == null ? List.of() : List.copyOf(consistency);
    }
  }

  /** The proof that a leaf is in the tree. */
  public record Inclusion(long index, List<Digest> path) {
    public Inclusion {
      path = path == null ? List.of() : List.copyOf(path);
    }
  }

  /** The proof that the tree begins with its first {@code from} leaves. */
  public record Consistency(long from, List<Digest> path) {
    public Consistency {
      path = path == null ? List.of() : List.copyOf(path);
    }
  }
}
