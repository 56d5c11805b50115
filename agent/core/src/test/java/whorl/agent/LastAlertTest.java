package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.event.RequestContext;
import whorl.agent.hook.end.Ending;
import whorl.evidence.Alert;
import whorl.evidence.Level;

class LastAlertTest {
  private static final RequestContext REQUEST =
      new RequestContext("r1", "GET", "/eval", "203.0.113.9");

  /** Keycloak does so, to be started anew with what it has made of its settings. */
  @Test
  void of_programThatEndsItselfWithAStatus_isLow() {
    assertThat(alert(Ending.Kind.EXIT, 10, null, true, null).level()).isEqualTo(Level.LOW);
  }

  @Test
  void of_exitForARequest_isMediumWhateverTheStatus_andNamesTheRequest() {
    Alert alert = alert(Ending.Kind.EXIT, 0, null, false, REQUEST);

    assertThat(alert.level()).isEqualTo(Level.MEDIUM);
    assertThat(alert.fields())
        .containsEntry("request.id", "r1")
        .containsEntry("request.path", "/eval")
        .containsEntry("request.remoteAddress", "203.0.113.9");
  }

  /** A thread of a pool that the first request made, and that ends the program a day later. */
  @Test
  void of_exitOfAThreadThatARequestStarted_isAsThatOfAnyOther_andNamesIt() {
    RequestContext start = new RequestContext("r1", "", "", "");

    Alert alert = alert(Ending.Kind.EXIT, 0, null, false, start);

    assertThat(alert.level()).isEqualTo(Level.INFORMATIONAL);
    assertThat(alert.fields()).containsEntry("request.startedBy", "r1");
  }

  @Test
  void of_exceptionThatNobodyCaught_isMedium() {
    Ending.Uncaught uncaught = new Ending.Uncaught("java.lang.Error", "gone", List.of());

    assertThat(alert(Ending.Kind.LAST_THREAD, 1, uncaught, true, null).level())
        .isEqualTo(Level.MEDIUM);
    assertThat(alert(Ending.Kind.EXIT, 1, uncaught, true, null).level()).isEqualTo(Level.MEDIUM);
  }

  @Test
  void of_memoryThatRanOut_isMedium() {
    assertThat(alert(Ending.Kind.EXIT, 0, null, true, null).level()).isEqualTo(Level.MEDIUM);
  }

  @Test
  void of_goodOrder_isForTheRecord() {
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
