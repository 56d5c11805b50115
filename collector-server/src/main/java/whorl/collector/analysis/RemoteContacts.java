package whorl.collector.analysis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;

/** Where connections and look-ups of the intruder went, and which destinations are new since. */
final class RemoteContacts implements Analysis {
  private static final int DESTINATIONS_MAX = 5_000;
  private static final int FINDINGS_MAX = 40;

  @Override
  public String name() {
    return "contacts";
  }

  /** One destination. */
  private static final class Reached {
    final FindingBuilder draft;
    final Destination kind;
    final Set<String> addresses = new LinkedHashSet<>();
    final Set<Long> ports = new LinkedHashSet<>();
    String during = "";
    boolean connected;

    Reached(Analysis analysis, Destination kind) {
      this.draft = new FindingBuilder(analysis);
      this.kind = kind;
    }
  }

  @Override
  public Conclusion look(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    Map<String, Reached> reached = new LinkedHashMap<>();
    Set<String> before = new HashSet<>();
    FindingBuilder fresh = new FindingBuilder(this).severity(Severity.LOW);
    Set<String> freshNames = new LinkedHashSet<>();
    Set<String> shells = new HashSet<>();
    rowDispatcher.each(
        List.of("whorl.SocketConnect", "whorl.DnsLookup", "whorl.SocketBind", "whorl.ProcessStart"),
        row -> {
          if (row.is("whorl.ProcessStart")) {
            String request = row.request();
            Command command = Command.of(row.textOr(Column.COMMAND_LINE, "command"));
            if (request != null && command.compareTo(Command.SHELL) <= 0 && shells.size() < 1_000) {
              shells.add(request);
            }
            return;
          }
          if (row.is("whorl.SocketBind")) {
            if (trail.isSuspect(row)) {
              bound(trail, reached, row);
            }
            return;
          }
          String host = host(row);
          String place = host.isEmpty() ? address(row) : host;
          Destination kind = Destination.of(host, address(row), port(row));
          boolean suspect = trail.isSuspect(row);
          boolean telling = kind.telling() && kind != Destination.DROP_SITE;
          boolean known = before.contains(place);
          if (suspect || (telling && (trail.isLoose(row) || kind != Destination.METADATA))) {
            reach(trail, reached, place, kind, row);
          } else if (trail.isLoose(row) && !known && kind != Destination.SELF) {
            fresh.row(row).subject(Subject.Kind.HOST, place);
            if (freshNames.size() < DESTINATIONS_MAX) {
              freshNames.add(Phrases.cut(place));
            }
          }
          if (!suspect && before.size() < DESTINATIONS_MAX) {
            before.add(place);
          }
        });
    return () -> {
      List<Found> found = new ArrayList<>();
      reached.forEach(
          (place, one) -> {
            if (found.size() < FINDINGS_MAX) {
              found.add(found(trail, place, one, shells));
            }
          });
      if (!fresh.isEmpty()) {
        found.add(
            fresh.found(
                "fresh",
                "Destinations first seen after the break-in",
                "From "
                    + Phrases.at(fresh.time())
                    + " on, and for no suspect request, "
                    + Phrases.list(freshNames)
                    + " were contacted, of which this evidence tells nothing before the break-in."
                    + " That may be ordinary."));
      }
      return found;
    };
  }

  private void reach(
      Trail trail, Map<String, Reached> reached, String place, Destination kind, RowView row) {
    Reached one =
        reached(trail, reached, kind == Destination.SELF ? "this machine" : place, kind, row);
    if (one == null) {
      return;
    }
    String address = address(row);
    boolean connects = row.is("whorl.SocketConnect");
    one.connected |= connects;
    if (!address.isEmpty() && one.addresses.size() < 20) {
      one.addresses.add(Phrases.cut(address, 60));
    }
    if (connects && one.ports.size() < 20) {
      one.ports.add(port(row));
    }
    one.draft.severity(trail.isSuspect(row) ? kind.severity() : Severity.HIGH);
    one.draft.techniques(kind.techniques());
    request(one.draft, trail, row);
    if (connects && kind == Destination.PUBLIC_ADDRESS && Destination.isOdd(port(row))) {
      one.draft.technique(Technique.NON_STANDARD_PORT);
    }
    one.draft.subject(Addresses.isAddress(place) ? Subject.Kind.ADDRESS : Subject.Kind.HOST, place);
    if (connects && !address.isEmpty()) {
      one.draft.subject(Subject.Kind.ADDRESS, address);
    }
    String shown = Phrases.cut(place);
    one.draft.step(
        row,
        kind.techniques().get(0).tactic(),
        connects
            ? "connected to "
                + shown
                + (address.isEmpty() || address.equals(place)
                    ? ""
                    : " (" + Phrases.cut(address, 60) + ")")
                + ", port "
                + port(row)
            : "looked up " + shown);
  }

  private void bound(Trail trail, Map<String, Reached> reached, RowView row) {
    Reached one = reached(trail, reached, "this machine", Destination.SELF, row);
    if (one != null) {
      String address = row.textOr(Column.DESTINATION_IP, "address");
      boolean outside = !Addresses.isLoopback(address) || address.startsWith("0");
      one.draft.severity(outside ? Severity.HIGH : Severity.MEDIUM);
      request(one.draft, trail, row);
      one.draft.step(
          row,
          Tactic.COMMAND_AND_CONTROL,
          "listened for connections on " + Phrases.cut(address, 60));
    }
  }

  private @Nullable Reached reached(
      Trail trail, Map<String, Reached> reached, String place, Destination kind, RowView row) {
    Reached one = reached.get(place);
    if (one == null && reached.size() < DESTINATIONS_MAX) {
      one = new Reached(this, kind);
      one.during = trail.during(row);
      reached.put(place, one);
    }
    return one;
  }

  private Found found(Trail trail, String place, Reached one, Set<String> shells) {
    FindingBuilder draft = one.draft;
    String shown = Phrases.cut(place);
    boolean outward =
        one.connected
            && (one.kind == Destination.PUBLIC_ADDRESS
                || one.kind == Destination.PRIVATE_ADDRESS
                || one.kind == Destination.NAME)
            && (Addresses.isAddress(place) || one.ports.stream().anyMatch(Destination::isOdd));
    boolean shell =
        outward
            && trail.all().stream().anyMatch(each -> shells.contains(each.id()) && isOf(one, each));
    if (shell) {
      draft.severity(Severity.CRITICAL).technique(Technique.NON_APPLICATION_PROTOCOL);
    }
    StringBuilder text = new StringBuilder();
    text.append("At ").append(Phrases.at(draft.time())).append(' ').append(one.during);
    if (one.kind == Destination.SELF) {
      text.append(" spoke to this machine itself");
    } else {
      text.append(one.connected ? " connected to " : " looked up ").append(shown);
      text.append(", ").append(one.kind.what());
    }
    List<String> details = new ArrayList<>();
    if (!one.addresses.isEmpty() && !one.addresses.equals(Set.of(shown))) {
      details.add("address " + Phrases.list(one.addresses));
    }
    if (!one.ports.isEmpty()) {
      details.add("port " + Phrases.list(one.ports.stream().map(String::valueOf).toList()));
    }
    if (draft.seen() > 1) {
      details.add(draft.seen() + " rows");
    }
    text.append(details.isEmpty() ? "" : " (" + String.join(", ", details) + ")").append('.');
    if (shell) {
      text.append(" The same request started a shell: that is how a reverse shell looks.");
    }
    return draft.found(
        place,
        one.kind == Destination.SELF
            ? "Spoke to this machine itself"
            : (one.connected ? "Connected to " : "Looked up ") + shown,
        text.toString());
  }

  private static boolean isOf(Reached one, Request request) {
    return one.during.equals("the request " + request.line());
  }

  /** The request alone: the addresses among these subjects are those that it reached. */
  private static void request(FindingBuilder draft, Trail trail, RowView row) {
    Request request = trail.request(row);
    if (request != null) {
      draft.subject(Subject.Kind.REQUEST, request.line());
    }
  }

  private static String host(RowView row) {
    return row.is("whorl.DnsLookup")
        ? row.textOr(Column.DNS_NAME, "host")
        : row.textOr(Column.DESTINATION_DOMAIN, "host");
  }

  private static String address(RowView row) {
    if (row.is("whorl.DnsLookup")) {
      String addresses = row.textOr(Column.DNS_ADDRESSES, "addresses");
      return addresses.split(", ", 2)[0];
    }
    return row.textOr(Column.DESTINATION_IP, "address");
  }

  private static long port(RowView row) {
    Long port = row.number(Column.DESTINATION_PORT);
    return port == null ? 0 : port;
  }
}
