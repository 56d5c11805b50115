package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.SameRequests;
import whorl.evidence.ArtifactName;
import whorl.evidence.EventLine;

/**
 * Thousands of equal requests are all counted, in the ring and in the recording, and the one among
 * them that is an attack is an event of its own.
 */
class SameRequestsIT {
  /** One a second, some around the alert, and the first ones. */
  private static final int TOLD_MAX = 1_000;

  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(SameRequestsIT.class);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void equalRequests_areCountedExactly_andTheAttackIsTold(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(new ChildJvm(jdk.home()).variable("WHORL_HEAP", "off"), SameRequests.class);
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    List<EventLine> events = Kept.events(run.evidence());

    List<EventLine> same = ofType(events, "whorl.HttpRequest", "query", "id=7");
    assertThat(same).hasSizeLessThan(TOLD_MAX);
    assertThat(all(same)).isEqualTo(SameRequests.REQUESTS);
    List<EventLine> opens = ofType(events, "whorl.FileOpen", "path", priceFile());
    assertThat(opens).hasSizeLessThan(TOLD_MAX);
    // The answer to the first, and the file that was made.
    assertThat(all(opens)).isEqualTo(SameRequests.REQUESTS + 2);

    EventLine shell =
        events.stream().filter(one -> one.type().equals("whorl.ProcessStart")).findFirst().get();
    assertThat(same)
        .filteredOn(one -> shell.fields().get("request.id").equals(one.fields().get("request.id")))
        .hasSize(1);
    assertRecorded(run.evidence().resolve(ArtifactName.RECORDING.value()));
  }

  private static void assertRecorded(Path recording) throws IOException {
    long all = 0;
    for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
      if (event.getEventType().getName().equals("whorl.HttpRequest")
          && "id=7".equals(event.getString("query"))) {
        all += 1 + event.getLong("repeated");
      }
    }
    // What was counted within the last second before the copy may be emitted after it.
    assertThat(all).isBetween(SameRequests.REQUESTS / 2L, (long) SameRequests.REQUESTS);
  }

  private String priceFile() {
    return folder.resolve("work").resolve("price.txt").toString();
  }

  private static List<EventLine> ofType(
      List<EventLine> events, String type, String field, String value) {
    return events.stream()
        .filter(event -> event.type().equals(type))
        .filter(event -> value.equals(event.fields().get(field)))
        .toList();
  }

  private static long all(List<EventLine> events) {
    return events.stream()
        .mapToLong(
            event -> event.fields().get("repeated") instanceof Number more ? more.longValue() : 0)
        .map(more -> 1 + more)
        .sum();
  }
}
