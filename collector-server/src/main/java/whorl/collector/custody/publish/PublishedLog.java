package whorl.collector.custody.publish;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.Stamped;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.custody.proof.TileSource;

/** Where the log's tree is kept for readers: the data folder, or what collectors share. */
public interface PublishedLog extends TileSource {
  /**
   * The last checkpoint; null if there is none yet.
   *
   * @throws IOException if it cannot be read, or is no checkpoint
   */
  @Nullable SignedCheckpoint checkpoint() throws IOException;

  /**
   * The checkpoint that readers see, where that is kept apart from {@link #checkpoint}: its bytes
   * as they are; null if there is none, or if both are the same.
   */
  byte @Nullable [] shown() throws IOException;

  /** Writes a tile, durably. The same path always has the same content. */
  void write(TilePath path, byte[] content) throws IOException;

  /** Deletes a partial tile that a wider one replaces. */
  void delete(TilePath path) throws IOException;

  /** True if tiles of leaves are written too; else readers get them from the lines. */
  boolean keepsEntries();

  /** Makes sure that the last checkpoint is where other programs read it; for the publisher. */
  default void confirm(SignedCheckpoint last) throws IOException {}

  /**
   * Replaces the checkpoint.
   *
   * @param fence the number of the writer's lease
   * @param rebuilt true if a person accepted a log that does not continue the last checkpoint
   * @return false if a later lease, or a larger tree, was published meanwhile
   */
  boolean publish(SignedCheckpoint checkpoint, long fence, boolean rebuilt) throws IOException;

  /** Keeps a checkpoint with its time stamp. */
  void stamp(Stamped stamped) throws IOException;

  /** The earliest stamped checkpoint of a tree with at least this size; null if there is none. */
  @Nullable Stamped stamped(long size) throws IOException;

  /** The sizes of the newest stamped checkpoints, at most {@code limit}, in no order. */
  List<Long> stampedSizes(int limit) throws IOException;
}
