package whorl.collector.http.server;

import io.netty.channel.Channel;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.auth.Authorization;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.store.outage.Outage;

/**
 * Passes one connection's requests on to workers: to one that identifies the caller, if that takes
 * a look at the sessions, and then to one that runs the handler. Answers what fails.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final Map<String, String> RETRY = Map.of("Retry-After", "1");
  private static final Map<String, String> RETRY_LATER = Map.of("Retry-After", "5");

  private final Channel channel;
  private final Edge edge;
  private final ResponseSender sender;

  Dispatcher(Channel channel, Edge edge, ResponseSender sender) {
    this.channel = channel;
    this.edge = edge;
    this.sender = sender;
  }

  /** A step of a request, on a worker. */
  private interface Step {
    void run() throws IOException;
  }

  /**
   * Runs the route's handler soon.
   *
   * @throws ProblemException when too many requests are waiting
   */
  void dispatch(Exchange exchange, Route route) {
    if (exchange.unidentified()) {
      Runnable identify = () -> identify(exchange, route);
      admitted(edge.workers().submitSession(exchange.remoteAddress(), identify));
      return;
    }
    Principal principal = exchange.principal();
    // people and agents are counted by who they are; agents with a shared token by their address
    String quotaOwner =
        principal == null || principal.role() == Role.AGENT
            ? Principal.client(principal, exchange.remoteAddress())
            : principal.quotaOwner();
    admitted(edge.workers().submit(route, quotaOwner, () -> work(exchange, route)));
  }

  private static void admitted(Workers.Admission admission) {
    switch (admission) {
      case ADMITTED -> {}
      case BUSY ->
          throw new ProblemException(
              503, "too busy", "too many requests are waiting; try again", RETRY);
      case OVER_QUOTA ->
          throw new ProblemException(
              429, "too many requests", "too many of your requests are waiting; try again", RETRY);
    }
  }

  /** Identifies the caller, on a worker, and passes the request on to another. */
  private void identify(Exchange exchange, Route route) {
    answering(
        exchange,
        () -> {
          Principal principal =
              edge.authorization().identifyOnWorker(exchange.head(), exchange.remoteAddress());
          exchange.setPrincipal(principal);
          if (route.needs() != null) {
            Authorization.permit(principal, route.needs());
          }
          dispatch(exchange, route);
        });
  }

  /** Runs the handler, on a worker. */
  private void work(Exchange exchange, Route route) {
    answering(exchange, () -> sender.send(exchange, route.handler().handle(exchange)));
  }

  /** Runs the step; if it fails, the client gets the reason. */
  private void answering(Exchange exchange, Step step) {
    try {
      step.run();
    } catch (ProblemException problem) {
      refuse(exchange, problem);
    } catch (IOException | RuntimeException | Error fault) {
      if (!channel.isActive()) {
        LOG.debug("{} broken off by the client", exchange.template(), fault);
        exchange.stream().release(); // a response would do so, and none is sent
      } else if (edge.stopping()) {
        refuse(exchange, new ProblemException(503, "stopping", "the collector stops", RETRY));
      } else if (Outage.of(fault) != null) {
        away(exchange, fault, String.valueOf(Outage.of(fault)));
      } else {
        fault(exchange, fault);
      }
    }
  }

  /** Answers with a problem document. */
  void refuse(Exchange exchange, ProblemException problem) {
    answer(exchange, Problem.response(problem, exchange.instance()));
  }

  /** Nothing is wrong with the request: it may be repeated when what it needs is back. */
  private void away(Exchange exchange, Throwable fault, String what) {
    LOG.debug("{} failed", exchange.template(), fault); // readiness says so at WARN
    refuse(
        exchange,
        new ProblemException(
            503,
            "unavailable",
            what + " cannot be used now; nothing was acknowledged, try again",
            RETRY_LATER));
  }

  private void fault(Exchange exchange, Throwable fault) {
    String incident = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    LOG.error("incident {}: {} failed", incident, exchange.template(), fault);
    answer(exchange, Problem.fault(incident, exchange.instance()));
  }

  private void answer(Exchange exchange, Response small) {
    try {
      sender.send(exchange, small);
    } catch (IOException e) {
      throw new IllegalStateException("a response in memory can be sent", e);
    }
  }
}
