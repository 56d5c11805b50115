package whorl.collector.analysis.questions;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.FindingBuilder;
import whorl.collector.analysis.findings.ReportedFinding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Command;
import whorl.collector.analysis.kinds.Destination;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Tactic;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.rows.Addresses;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.Trail;
import whorl.collector.timeline.Column;

/**
 * Reports destinations of the intruder's connections and DNS lookups, and destinations first seen
 * after the break-in.
 */
public final class RemoteContacts implements Analysis {
  private static final int DESTINATIONS_MAX = 5_000;
  private static final int FINDINGS_MAX = 40;

  @Override
  public String name() {
    return "contacts";
  }

  /** One destination. */
  private static final class Contact {
    final FindingBuilder builder;
    final Destination kind;
    final Set<String> addresses = new LinkedHashSet<>();
    final Set<Long> ports = new LinkedHashSet<>();
    String actor = "";
    boolean connected;

    Contact(Analysis analysis, Destination kind) {
      this.builder = new FindingBuilder(analysis.name());
      this.kind = kind;
    }
  }

  @Override
  public Conclusion subscribe(AnalysisContext context, RowDispatcher rowDispatcher) {
    Trail trail = context.trail();
    Map<String, Contact> contacts = new LinkedHashMap<>();
    Set<String> known = new HashSet<>();
    FindingBuilder newDestinations = new FindingBuilder(name()).severity(Severity.LOW);
    Set<String> newNames = new LinkedHashSet<>();
    Set<String> shells = new HashSet<>();
    rowDispatcher.subscribe(
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
              addListening(trail, contacts, row);
            }
            return;
          }
          String host = host(row);
          String target = host.isEmpty() ? address(row) : host;
          Destination kind = Destination.of(host, address(row), port(row));
          boolean suspect = trail.isSuspect(row);
          boolean suspicious = kind.isSuspicious() && kind != Destination.DROP_SITE;
          boolean isKnown = known.contains(target);
          if (suspect
              || (suspicious && (trail.mayBeIntruders(row) || kind != Destination.METADATA))) {
            addContact(trail, contacts, target, kind, row);
          } else if (trail.mayBeIntruders(row) && !isKnown && kind != Destination.SELF) {
            newDestinations.row(row).subject(Subject.Kind.HOST, target);
            if (newNames.size() < DESTINATIONS_MAX) {
              newNames.add(Phrases.cut(target));
            }
          }
          if (!suspect && known.size() < DESTINATIONS_MAX) {
            known.add(target);
          }
        });
    return () -> {
      List<ReportedFinding> results = new ArrayList<>();
      contacts.forEach(
          (target, contact) -> {
            if (results.size() < FINDINGS_MAX) {
              results.add(result(trail, target, contact, shells));
            }
          });
      if (!newDestinations.isEmpty()) {
        results.add(
            newDestinations.build(
                "fresh",
                "Destinations first seen after the break-in",
                "From "
                    + Phrases.at(newDestinations.time())
                    + " on, and for no suspect request, "
                    + Phrases.list(newNames)
                    + " were contacted. This evidence shows no contact with them before the break-in."
                    + " That may be ordinary."));
      }
      return results;
    };
  }

  private void addContact(
      Trail trail, Map<String, Contact> contacts, String target, Destination kind, RowView row) {
    Contact contact =
        contact(trail, contacts, kind == Destination.SELF ? "this machine" : target, kind, row);
    if (contact == null) {
      return;
    }
    String address = address(row);
    boolean connects = row.is("whorl.SocketConnect");
    contact.connected |= connects;
    if (!address.isEmpty() && contact.addresses.size() < 20) {
      contact.addresses.add(Phrases.cut(address, 60));
    }
    if (connects && contact.ports.size() < 20) {
      contact.ports.add(port(row));
    }
    contact.builder.severity(trail.isSuspect(row) ? kind.severity() : Severity.HIGH);
    contact.builder.techniques(kind.techniques());
    addRequest(contact.builder, trail, row);
    if (connects && kind == Destination.PUBLIC_ADDRESS && Destination.isOdd(port(row))) {
      contact.builder.technique(Technique.NON_STANDARD_PORT);
    }
    contact.builder.subject(
        Addresses.isAddress(target) ? Subject.Kind.ADDRESS : Subject.Kind.HOST, target);
    if (connects && !address.isEmpty()) {
      contact.builder.subject(Subject.Kind.ADDRESS, address);
    }
    String shown = Phrases.cut(target);
    contact.builder.step(
        row,
        kind.techniques().get(0).tactic(),
        connects
            ? "connected to "
                + shown
                + (address.isEmpty() || address.equals(target)
                    ? ""
                    : " (" + Phrases.cut(address, 60) + ")")
                + ", port "
                + port(row)
            : "looked up " + shown);
  }

  private void addListening(Trail trail, Map<String, Contact> contacts, RowView row) {
    Contact contact = contact(trail, contacts, "this machine", Destination.SELF, row);
    if (contact != null) {
      String address = row.textOr(Column.DESTINATION_IP, "address");
      boolean outside = !Addresses.isLoopback(address) || address.startsWith("0");
      contact.builder.severity(outside ? Severity.HIGH : Severity.MEDIUM);
      addRequest(contact.builder, trail, row);
      contact.builder.step(
          row,
          Tactic.COMMAND_AND_CONTROL,
          "listened for connections on " + Phrases.cut(address, 60));
    }
  }

  private @Nullable Contact contact(
      Trail trail, Map<String, Contact> contacts, String target, Destination kind, RowView row) {
    Contact contact = contacts.get(target);
    if (contact == null && contacts.size() < DESTINATIONS_MAX) {
      contact = new Contact(this, kind);
      contact.actor = trail.actor(row);
      contacts.put(target, contact);
    }
    return contact;
  }

  private ReportedFinding result(Trail trail, String target, Contact contact, Set<String> shells) {
    FindingBuilder builder = contact.builder;
    String shown = Phrases.cut(target);
    boolean outward =
        contact.connected
            && (contact.kind == Destination.PUBLIC_ADDRESS
                || contact.kind == Destination.PRIVATE_ADDRESS
                || contact.kind == Destination.NAME)
            && (Addresses.isAddress(target) || contact.ports.stream().anyMatch(Destination::isOdd));
    boolean shell =
        outward
            && trail.suspectRequests().stream()
                .anyMatch(request -> shells.contains(request.id()) && isBy(contact, request));
    if (shell) {
      builder.severity(Severity.CRITICAL).technique(Technique.NON_APPLICATION_PROTOCOL);
    }
    StringBuilder text = new StringBuilder();
    text.append("At ").append(Phrases.at(builder.time())).append(' ').append(contact.actor);
    if (contact.kind == Destination.SELF) {
      text.append(" spoke to this machine itself");
    } else {
      text.append(contact.connected ? " connected to " : " looked up ").append(shown);
      text.append(", ").append(contact.kind.description());
    }
    List<String> details = new ArrayList<>();
    if (!contact.addresses.isEmpty() && !contact.addresses.equals(Set.of(shown))) {
      details.add("address " + Phrases.list(contact.addresses));
    }
    if (!contact.ports.isEmpty()) {
      details.add("port " + Phrases.list(contact.ports.stream().map(String::valueOf).toList()));
    }
    if (builder.seen() > 1) {
      details.add(builder.seen() + " rows");
    }
    text.append(details.isEmpty() ? "" : " (" + String.join(", ", details) + ")").append('.');
    if (shell) {
      text.append(" The same request started a shell: this is the pattern of a reverse shell.");
    }
    return builder.build(
        target,
        contact.kind == Destination.SELF
            ? "Spoke to this machine itself"
            : (contact.connected ? "Connected to " : "Looked up ") + shown,
        text.toString());
  }

  private static boolean isBy(Contact contact, Request request) {
    return contact.actor.equals("the request " + request.line());
  }

  /**
   * Adds the request without its source address: the addresses of this finding are destinations.
   */
  private static void addRequest(FindingBuilder builder, Trail trail, RowView row) {
    Request request = trail.request(row);
    if (request != null) {
      builder.subject(Subject.Kind.REQUEST, request.line());
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
