package whorl.agent.ship.tus;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.ship.net.Answer;
import whorl.agent.ship.net.CollectorUrl;

final class TusAnswersTest {
  private static final CollectorUrl URL = CollectorUrl.of(URI.create("https://c:7/base/"));
  private final TusAnswers answers = new TusAnswers(URL);

  @ParameterizedTest
  @CsvSource({
    "/base/agent/v1/uploads/u1",
    "/agent/v1/uploads/u1",
    "https://elsewhere:9/agent/v1/uploads/u1",
  })
  void created_anyLocation_staysAtOurCollector(String location) {
    UploadState uploadState = answers.created(answer(201, "", Map.of("Location", location)), 10);

    assertThat(uploadState).isEqualTo(new UploadState.At("/base/agent/v1/uploads/u1", 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "/agent/v1/uploads/../../x", "not a uri", ""})
  void created_foreignLocation_isNotFollowed(String location) {
    UploadState uploadState = answers.created(answer(201, "", Map.of("Location", location)), 10);

    assertThat(uploadState).isInstanceOf(UploadState.End.class);
  }

  @Test
  void created_uploadThere_goesOnAtItsOffset() {
    Map<String, String> headers = Map.of("Location", "/agent/v1/uploads/u1", "Upload-Offset", "7");

    assertThat(answers.created(answer(200, "", headers), 10))
        .isEqualTo(new UploadState.At("/base/agent/v1/uploads/u1", 7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"11", "99999999999999999999"})
  void created_offsetBeyondTheEnd_isRejected(String offset) {
    Map<String, String> headers =
        Map.of("Location", "/agent/v1/uploads/u1", "Upload-Offset", offset);
    UploadState uploadState = answers.created(answer(200, "", headers), 10);

    assertThat(uploadState).isNotEqualTo(new UploadState.At("/base/agent/v1/uploads/u1", 11));
  }

  @Test
  void created_alreadySealed_isADuplicate() {
    assertThat(answers.created(answer(409, "already sealed", Map.of()), 10))
        .isEqualTo(new UploadState.End(new ShipResult.Duplicate()));
  }

  @ParameterizedTest
  @CsvSource({
    "401, Unauthorized",
    "403, Unauthorized",
    "409, Rejected",
    "413, Rejected",
    "422, Rejected",
    "429, Postponed",
    "503, Postponed",
    "507, Postponed",
    "500, Unreachable",
    "302, Unreachable",
  })
  void created_refused_endsTheAttempt(int status, String result) {
    UploadState uploadState = answers.created(answer(status, "no", Map.of()), 10);

    assertThat(uploadState).isInstanceOf(UploadState.End.class);
    assertThat(((UploadState.End) uploadState).result().getClass().getSimpleName())
        .isEqualTo(result);
  }

  @Test
  void created_ofAnotherAgent_isNotOurs() {
    UploadState.End uploadState =
        (UploadState.End) answers.created(answer(403, "not yours", Map.of()), 10);

    assertThat(uploadState.result()).isInstanceOf(ShipResult.NotOurs.class);
  }

  @ParameterizedTest
  @CsvSource({"7, 7", "0, 1", "100000, 300", "-5, 5", "soon, 5"})
  void created_noSlot_waitsAsLongAsSaidWithinReason(String retryAfter, long seconds) {
    Map<String, String> headers = Map.of("Retry-After", retryAfter, "Whorl-Wait", "slot");
    UploadState.End uploadState =
        (UploadState.End) answers.created(answer(503, "busy", headers), 10);

    assertThat(((ShipResult.Postponed) uploadState.result()).retryAfter())
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "204, 20, At",
    "204, 19, QueryOffset",
    "204, x, QueryOffset",
    "409, 0, QueryOffset",
    "460, 0, QueryOffset",
    "413, 0, Smaller",
    "404, 0, Create",
    "410, 0, Create",
    "401, 0, End",
  })
  void patched_eachStatus_hasItsState(int status, String offset, String uploadState) {
    Answer answer = answer(status, "title", Map.of("Upload-Offset", offset));

    assertThat(answers.patched(answer, "/p", 20).getClass().getSimpleName()).isEqualTo(uploadState);
  }

  @ParameterizedTest
  @CsvSource({"200, 5, At", "200, 11, End", "200, x, End", "404, 0, Create", "500, 0, End"})
  void queried_eachStatus_hasItsState(int status, String offset, String uploadState) {
    Answer answer = answer(status, "title", Map.of("Upload-Offset", offset));

    assertThat(answers.queried(answer, "/p", 10).getClass().getSimpleName()).isEqualTo(uploadState);
  }

  private static Answer answer(int status, String title, Map<String, String> headers) {
    HttpHeaders all = new DefaultHttpHeaders();
    headers.forEach(all::set);
    return new Answer(status, all, "{\"title\":\"" + title + "\",\"detail\":\"why\"}");
  }
}
