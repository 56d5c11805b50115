package whorl.collector.store.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import whorl.evidence.Json;

/**
 * {@code evidence.json} from a bag or a folder: refused, or unchanged when written and read again.
 */
class EvidenceRecordFuzzTest {
  @FuzzTest
  void record_thatIsTaken_canBeReadAgain(byte[] input) throws IOException {
    EvidenceRecord record;
    try {
      record = EvidenceRecord.parse(input);
    } catch (JacksonException refused) {
      return;
    }
    byte[] written = Json.bytes(record);
    assertThat(Json.bytes(EvidenceRecord.parse(written))).isEqualTo(written);
    assertThat(Json.bytes(record.with(record.artifacts()).with(record.artifacts())))
        .isEqualTo(Json.bytes(record.with(record.artifacts())));
  }
}
