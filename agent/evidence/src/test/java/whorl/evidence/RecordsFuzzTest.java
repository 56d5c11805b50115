package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/**
 * Records from JSON: each is either refused as JSON, or can be written and read again with the same
 * content. Accepted records must stay readable once they are stored.
 */
class RecordsFuzzTest {
  private static final List<Class<?>> TYPES =
      List.of(
          Manifest.class,
          AgentMessage.class,
          CollectorMessage.class,
          EventLine.class,
          Alert.class,
          CustodyEntry.class,
          Statement.class);

  @FuzzTest
  void manifest_thatIsTaken_canBeReadAgain(byte[] input) throws IOException {
    again(input, Manifest.class);
  }

  @FuzzTest
  void messageOfAnAgent_thatIsTaken_canBeReadAgain(byte[] input) throws IOException {
    again(input, AgentMessage.class);
  }

  @FuzzTest
  void messageOfTheCollector_thatIsTaken_canBeReadAgain(byte[] input) throws IOException {
    again(input, CollectorMessage.class);
  }

  /** The first byte selects the record. */
  @FuzzTest
  void anyRecord_thatIsTaken_canBeReadAgain(byte[] input) throws IOException {
    if (input.length > 0) {
      byte[] json = new byte[input.length - 1];
      System.arraycopy(input, 1, json, 0, json.length);
      again(json, TYPES.get((input[0] & 0xFF) % TYPES.size()));
    }
  }

  private static void again(byte[] json, Class<?> type) throws IOException {
    Object read = parse(json, type);
    if (read == null) {
      return;
    }
    byte[] written = Json.bytes(read);
    Object second = Json.MAPPER.readValue(written, type);
    assertThat(Json.bytes(second)).isEqualTo(written);
    if (read instanceof CustodyEntry entry && entry.time() != null && entry.hash() != null) {
      intact(entry);
    }
  }

  /** An entry whose hash is valid is not valid with another sequence. */
  private static void intact(CustodyEntry entry) {
    if (entry.action() == null || entry.actor() == null) {
      return;
    }
    CustodyEntry chained =
        CustodyEntry.chained(
            entry.sequence(),
            entry.time(),
            entry.action(),
            entry.evidence(),
            entry.actor(),
            entry.detail(),
            entry.prev(),
            entry.prevOfEvidence());
    assertThat(chained.intact()).isTrue();
    assertThat(entry.intact()).isEqualTo(entry.hash().equals(chained.hash()));
    CustodyEntry moved =
        new CustodyEntry(
            chained.sequence() + 1,
            chained.time(),
            chained.action(),
            chained.evidence(),
            chained.actor(),
            chained.detail(),
            chained.prev(),
            chained.prevOfEvidence(),
            chained.hash());
    assertThat(moved.intact()).isFalse();
  }

  private static @Nullable Object parse(byte[] json, Class<?> type) {
    try {
      return Json.LENIENT.readValue(json, type);
    } catch (JacksonException refused) {
      return null;
    } catch (IOException e) {
      throw new AssertionError("bytes in memory can be read", e);
    }
  }
}
