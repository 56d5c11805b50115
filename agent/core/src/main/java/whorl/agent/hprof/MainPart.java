package whorl.agent.hprof;

import java.io.IOException;

/** The parts of the main stream, in its order. */
sealed interface MainPart {
  /** The first part. */
  record Head(HprofHead head) implements MainPart {}

  /** Whole records: UTF8, LOAD_CLASS, FRAME, TRACE. */
  record Records(byte[] bytes) implements MainPart {}

  /** A segment is next; the consumer of this part reads on. The last part. */
  record OneStream(RecordInput in) implements MainPart {}

  /** The dump's end. The last part. */
  record End(byte[] record) implements MainPart {}

  /** Reading failed. The last part. */
  record Failed(IOException failure) implements MainPart {}
}
