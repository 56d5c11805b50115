package whorl.collector.notify;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.request.Scoped;
import whorl.collector.notify.file.Notification;
import whorl.collector.notify.file.Notifications;
import whorl.collector.store.outbox.OutboxLedger;
import whorl.collector.store.outbox.OutboxMessage;
import whorl.collector.store.outbox.OutboxStatus;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * {@code /api/v1/notifications}: what becomes of messages, test messages, and those that were given
 * up. They are about all of the collector.
 */
final class NotificationRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(NotificationRoutes.class);
  private static final String PATH = "/api/v1/notifications";

  private final Supplier<Notifications> notifications;
  private final Supplier<@Nullable String> problem;
  private final OutboxLedger outbox;
  private final TestSender tests;

  /**
   * @param problem why the file's newest version is not used
   */
  NotificationRoutes(
      Supplier<Notifications> notifications,
      Supplier<@Nullable String> problem,
      OutboxLedger outbox,
      TestSender tests) {
    this.notifications = notifications;
    this.problem = problem;
    this.outbox = outbox;
    this.tests = tests;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, Role.VIEWER, this::list).scoped(Scoped.WHOLE),
        Route.of("POST", PATH + "/{name}/test", Role.RESPONDER, this::test).scoped(Scoped.WHOLE),
        Route.of("GET", PATH + "/dead", Role.RESPONDER, this::dead).scoped(Scoped.WHOLE),
        Route.of("POST", PATH + "/dead/{id}/retry", Role.RESPONDER, this::retry)
            .scoped(Scoped.WHOLE),
        Route.of("DELETE", PATH + "/dead/{id}", Role.RESPONDER, this::discard)
            .scoped(Scoped.WHOLE));
  }

  private Response list(Request unused) throws IOException {
    Map<String, OutboxStatus> status = outbox.status();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(
        "notifications",
        notifications.get().all().stream()
            .map(
                each ->
                    NotificationView.of(each, status.getOrDefault(each.name(), OutboxStatus.NONE)))
            .toList());
    String wrong = problem.get();
    if (wrong != null) {
      body.put("problem", wrong);
    }
    return Response.json(200, body);
  }

  private Response test(Request request) throws IOException {
    String name = request.pathParameter("name");
    Notification notification = notifications.get().find(name);
    if (notification == null) {
      throw new ProblemException(
          404,
          "no such notification",
          "no notification " + Text.shortened(name) + "; GET " + PATH + " lists all");
    }
    TestSender.Outcome outcome = tests.send(notification, caller(request));
    LOG.info(
        "{} sent a test message to notification {}: {}",
        caller(request),
        notification.name(),
        outcome.delivered() ? "delivered" : "not delivered");
    return Response.json(200, outcome);
  }

  private Response dead(Request request) throws IOException {
    Paging paging = Paging.of(request);
    List<OutboxMessage> found = outbox.deadMessages(paging.cursor(), paging.limit() + 1);
    boolean more = found.size() > paging.limit();
    List<OutboxMessage> page = more ? found.subList(0, paging.limit()) : found;
    return Paging.answer(
        "messages",
        page.stream().map(DeadView::of).toList(),
        more ? page.get(page.size() - 1).id() : null);
  }

  private Response retry(Request request) throws IOException {
    Id id = id(request);
    if (!outbox.retry(id)) {
      throw noMessage(id.value());
    }
    LOG.info("{} lets message {} be tried again", caller(request), id);
    return Response.empty(204);
  }

  private Response discard(Request request) throws IOException {
    Id id = id(request);
    if (!outbox.discard(id)) {
      throw noMessage(id.value());
    }
    LOG.info("{} discards message {}", caller(request), id);
    return Response.empty(204);
  }

  private static Id id(Request request) {
    String id = request.pathParameter("id");
    if (!Id.isId(id)) {
      throw noMessage(id);
    }
    return new Id(id);
  }

  private static ProblemException noMessage(String id) {
    return new ProblemException(
        404,
        "no such message",
        "no message " + Text.shortened(id) + " was given up; GET " + PATH + "/dead lists them");
  }

  private static String caller(Request request) {
    Principal principal = request.principal();
    return principal == null ? "somebody" : principal.name();
  }
}
