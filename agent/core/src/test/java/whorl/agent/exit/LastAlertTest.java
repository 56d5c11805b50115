package whorl.agent.exit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.end.Ending;
import whorl.event.RequestContext;
import whorl.evidence.Alert;
import whorl.evidence.Level;

class LastAlertTest {
  private static final RequestContext REQUEST =
      new RequestContext("r1", "GET", "/eval", "203.0.113.9");

  /** Keycloak exits like this, to be restarted with its compiled settings. */
  @Test
  void of_exitWithAStatus_isLow() {
    assertThat(alert(Ending.Kind.EXIT, 10, null, true, null).level()).isEqualTo(Level.LOW);
  }

  @Test
  void of_exitDuringARequest_isMediumAndNamesTheRequest() {
    Alert alert = alert(Ending.Kind.EXIT, 0, null, false, REQUEST);

    assertThat(alert.level()).isEqualTo(Level.MEDIUM);
    assertThat(alert.fields())
        .containsEntry("request.id", "r1")
        .containsEntry("request.path", "/eval")
        .containsEntry("request.remoteAddress", "203.0.113.9");
  }

  /** A pool thread that the first request created ends the program a day later. */
  @Test
  void of_exitByAThreadThatARequestStarted_isInformationalAndNamesTheRequest() {
    RequestContext start = new RequestContext("r1", "", "", "");

    Alert alert = alert(Ending.Kind.EXIT, 0, null, false, start);

    assertThat(alert.level()).isEqualTo(Level.INFORMATIONAL);
    assertThat(alert.fields()).containsEntry("request.startedBy", "r1");
  }

  @Test
  void of_uncaughtException_isMedium() {
    Ending.Uncaught uncaught = new Ending.Uncaught("java.lang.Error", "gone", List.of());

    assertThat(alert(Ending.Kind.LAST_THREAD, 1, uncaught, true, null).level())
        .isEqualTo(Level.MEDIUM);
    assertThat(alert(Ending.Kind.EXIT, 1, uncaught, true, null).level()).isEqualTo(Level.MEDIUM);
  }

  @Test
  void of_outOfMemory_isMedium() {
    assertThat(alert(Ending.Kind.EXIT, 0, null, true, null).level()).isEqualTo(Level.MEDIUM);
  }

  @Test
  void of_orderlyEnd_isInformational() {
    assertThat(alert(Ending.Kind.SIGNAL, 143, null, false, null).level())
        .isEqualTo(Level.INFORMATIONAL);
    assertThat(alert(Ending.Kind.EXIT, 0, null, false, null).level())
        .isEqualTo(Level.INFORMATIONAL);
  }

  private static Alert alert(
      Ending.Kind kind,
      int status,
      Ending.@Nullable Uncaught uncaught,
      boolean abnormal,
      @Nullable RequestContext request) {
    Ending ending = new Ending(kind, status, "main", List.of("App.main"), uncaught, 1);
    return LastAlert.of(ending, abnormal, request, Clock.systemUTC());
  }
}
