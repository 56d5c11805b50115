package whorl.collector.custody.publish;

import java.util.OptionalLong;

/** Whose turn it is to publish: one collector at a time does, under a lease. */
@FunctionalInterface
public interface Turn {
  /** For a collector that shares its log with none. */
  Turn ALWAYS = () -> OptionalLong.of(0);

  /** The fencing number of this collector's lease, which only grows; empty if another has it. */
  OptionalLong fence();
}
