package whorl.agent.hprof;

import java.io.IOException;

/** What the main stream brings, in its order. */
sealed interface MainPart {
  /** Comes first. */
  record Head(HprofHead head) implements MainPart {}

  /** Whole records: UTF8, LOAD_CLASS, FRAME, TRACE. */
  record Records(byte[] bytes) implements MainPart {}

  /** A segment is next, and whoever takes this reads on. Comes last. */
  record OneStream(RecordInput in) implements MainPart {}

  /** The dump's end. Comes last. */
  record End(byte[] record) implements MainPart {}

  /** There is nothing more to come. Comes last. */
  record Failed(IOException failure) implements MainPart {}
}
