package whorl.collector.wiring.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import whorl.collector.http.request.Handler;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.store.disk.DiskFullException;

class FullDiskTest {
  private final AtomicLong free = new AtomicLong(Long.MAX_VALUE);
  private final FullDisk disk = new FullDisk(free::get);

  @Test
  void fullDisk_is507_andOtherFailuresAreUnchanged() {
    assertStatus(507, Role.VIEWER, failing(new DiskFullException("catalog.db: full", null)));
    assertStatus(507, Role.AGENT, failing(new IOException("No space left on device")));
    assertStatus(
        507, Role.AGENT, failing(new IOException("x", new IOException("No space left on device"))));
    assertThatThrownBy(() -> call(Role.AGENT, failing(new IOException("Input/output error"))))
        .isExactlyInstanceOf(IOException.class);
  }

  @Test
  void outsideAlerts_areRefused_beforeTheDiskIsFull() throws Exception {
    Handler handler = request -> Response.empty(204);
    free.set(FullDisk.FOR_ALERTS_BYTES - 1);

    assertThat(disk.hasRoom()).isFalse();
    assertStatus(507, Role.ALERT, handler);
    assertThat(call(Role.ADMIN, handler).status()).isEqualTo(204);
    free.set(FullDisk.FOR_ALERTS_BYTES);
    assertThat(call(Role.ALERT, handler).status()).isEqualTo(204);
  }

  private void assertStatus(int status, Role role, Handler handler) {
    assertThatThrownBy(() -> call(role, handler))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(status));
  }

  @SuppressWarnings("NullAway") // the handlers ignore the request
  private Response call(Role role, Handler handler) throws IOException {
    Route route = Route.of("POST", "/x", role, handler);
    return disk.guard(List.of(route)).get(0).handler().handle(null);
  }

  private static Handler failing(IOException failure) {
    return request -> {
      throw failure;
    };
  }
}
