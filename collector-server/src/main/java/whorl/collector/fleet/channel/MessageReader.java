package whorl.collector.fleet.channel;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.FleetCounters;
import whorl.evidence.AgentIdentity;
import whorl.evidence.EventLine;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.library.LoadedMarks;

/**
 * Parses and validates the messages of agents, which may be hostile. Unknown types and fields, as
 * newer agents may send them, are ignored and counted.
 */
final class MessageReader {
  static final int MAX_CHARS = 1 << 20;
  private static final int MAX_EVENTS = 5_000;
  private static final int MAX_ENTRIES = 256;
  private static final int MAX_TEXT_CHARS = 1_024;
  private static final int MAX_STAGES = 16;
  private static final int MAX_STAGE_CHARS = 64;

  private static final int NOT_JSON = 1007;
  private static final int POLICY = 1008;
  private static final int TOO_BIG = 1009;

  private final FleetCounters counters;
  private final ObjectMapper mapper;

  MessageReader(FleetCounters counters) {
    this.counters = counters;
    this.mapper = Json.LENIENT.copy().addHandler(new CountUnknownFields());
  }

  /** The result of parsing a message. */
  sealed interface Reading {
    record Parsed(AgentMessage message) implements Reading {}

    /** A message of an unknown type. */
    record UnknownType() implements Reading {}

    /**
     * A bad message; the connection must be closed.
     *
     * @param code as in RFC 6455, 7.4.1
     */
    record Malformed(int code, String reason) implements Reading {}
  }

  Reading read(String text) {
    if (text.length() > MAX_CHARS) {
      return new Reading.Malformed(TOO_BIG, "a message may have " + MAX_CHARS + " characters");
    }
    try {
      AgentMessage message = mapper.readValue(text, AgentMessage.class);
      if (message == null) {
        return new Reading.Malformed(POLICY, "a message is a JSON object");
      }
      String problem = findProblem(message);
      return problem == null ? new Reading.Parsed(message) : new Reading.Malformed(POLICY, problem);
    } catch (InvalidTypeIdException e) {
      if (e.getTypeId() == null) {
        return new Reading.Malformed(POLICY, "the message has no type");
      }
      counters.passedOverMessages.increment();
      return new Reading.UnknownType();
    } catch (JsonMappingException e) {
      return new Reading.Malformed(POLICY, "the message has a field of the wrong type or shape");
    } catch (JsonProcessingException e) {
      return new Reading.Malformed(NOT_JSON, "the message is not JSON");
    }
  }

  private static @Nullable String findProblem(AgentMessage message) {
    if (message instanceof AgentMessage.Hello hello) {
      return findProblem(hello);
    }
    if (message instanceof AgentMessage.Status status) {
      if (tooLarge(status.losses()) || tooLarge(status.capabilities())) {
        return "status: more than " + MAX_ENTRIES + " entries, or too long ones";
      }
    } else if (message instanceof AgentMessage.Journal journal) {
      return findProblem("journal", journal.events());
    } else if (message instanceof AgentMessage.AlertRaised raised) {
      if (raised.alert() == null
          || raised.alert().id() == null
          || raised.alert().rule() == null
          || raised.alert().level() == null
          || raised.alert().title() == null
          || raised.alert().time() == null) {
        return "alert: id, rule, level, title and time are needed";
      }
      return findProblem("alert journal", raised.journal());
    } else if (message instanceof AgentMessage.AlertJournal journal) {
      return journal.alert() == null
          ? "alert-journal: the alert is needed"
          : findProblem("alert journal", journal.events());
    } else if (message instanceof AgentMessage.ManifestSealed sealed) {
      if (sealed.capture() == null || sealed.evidence() == null || sealed.chain() == null) {
        return "manifest: capture, evidence and chain are needed";
      }
    } else if (message instanceof AgentMessage.CaptureProgress progress) {
      if (progress.capture() == null || progress.state() == null) {
        return "capture-progress: capture and state are needed";
      }
    } else if (message instanceof AgentMessage.RulesLoaded loaded) {
      return findProblem(loaded);
    } else if (message instanceof AgentMessage.LibrariesHeld held) {
      return findProblem(held);
    } else if (message instanceof AgentMessage.LibraryPart part) {
      if (part.digest() == null || part.of() < 1 || part.part() < 0 || part.part() >= part.of()) {
        return "library-part: digest, and part below of, are needed";
      }
    } else if (message instanceof AgentMessage.HuntAnswer answer) {
      if (answer.hunt() == null || answer.state() == null) {
        return "hunt-answer: hunt and state are needed";
      }
      if (answer.rows().stream().anyMatch(row -> blank(row.what()))) {
        return "hunt-answer: a row that does not say what it is";
      }
    } else if (message instanceof AgentMessage.ProbeReport report) {
      if (report.probe() == null || report.state() == null) {
        return "probe-report: probe and state are needed";
      }
      if (report.calls().stream().anyMatch(call -> call.at() == null || blank(call.method()))) {
        return "probe-report: a call without its time or method";
      }
    } else if (message instanceof AgentMessage.SelfTest report) {
      if (report.stages().size() > MAX_STAGES
          || report.stages().keySet().stream()
              .anyMatch(stage -> stage.length() > MAX_STAGE_CHARS)) {
        return "self-test: more than " + MAX_STAGES + " stages, or too long names";
      }
    }
    return null;
  }

  private static @Nullable String findProblem(AgentMessage.Hello hello) {
    AgentIdentity identity = hello.identity();
    if (identity == null || identity.id() == null || blank(identity.service())) {
      return "hello: an identity with id and service is needed";
    }
    if (tooLong(identity.service())
        || tooLong(identity.namespace())
        || tooLong(identity.pod())
        || tooLong(identity.podUid())
        || tooLong(identity.container())
        || tooLong(identity.host())
        || tooLong(identity.jvm())
        || tooLong(identity.agentVersion())
        || tooLong(hello.key())) {
      return "hello: a text of more than " + MAX_TEXT_CHARS + " characters";
    }
    if (tooLarge(identity.labels()) || tooLarge(hello.capabilities())) {
      return "hello: more than " + MAX_ENTRIES + " labels or capabilities, or too long ones";
    }
    return null;
  }

  private static @Nullable String findProblem(AgentMessage.RulesLoaded loaded) {
    if (loaded.sets().size() > MAX_ENTRIES) {
      return "rules-loaded: more than " + MAX_ENTRIES + " sets";
    }
    for (AgentMessage.RuleSetState set : loaded.sets()) {
      if (set == null || blank(set.name()) || tooLong(set.name())) {
        return "rules-loaded: a set without a name";
      }
      if (set.problems().size() > MAX_ENTRIES
          || set.problems().stream().anyMatch(MessageReader::tooLong)) {
        return "rules-loaded: more than " + MAX_ENTRIES + " problems, or too long ones";
      }
    }
    return null;
  }

  private static @Nullable String findProblem(AgentMessage.LibrariesHeld held) {
    if (held.digest() == null || held.loaded() == null) {
      return "libraries: digest and loaded are needed";
    }
    if (held.entries() < 0 || held.entries() > AgentMessage.LibrariesHeld.ENTRIES_MAX) {
      return "libraries: not a number of entries: " + held.entries();
    }
    return held.loaded().length() != held.entries()
            || !LoadedMarks.valid(held.loaded())
            || tooLong(held.problem())
        ? "libraries: loaded needs one digit from 0 to 4 for each entry"
        : null;
  }

  private static @Nullable String findProblem(String name, @Nullable Iterable<EventLine> events) {
    if (events == null) {
      return null;
    }
    int count = 0;
    for (EventLine event : events) {
      if (event == null || event.time() == null || blank(event.type()) || tooLong(event.type())) {
        return name + ": an event without time or type";
      }
      if (event.sequence() < 0) {
        return name + ": sequence < 0: " + event.sequence();
      }
      if (++count > MAX_EVENTS) {
        return name + ": more than " + MAX_EVENTS + " events";
      }
    }
    return null;
  }

  private static boolean tooLarge(@Nullable Map<String, ?> map) {
    if (map == null) {
      return false;
    }
    if (map.size() > MAX_ENTRIES) {
      return true;
    }
    return map.entrySet().stream()
        .anyMatch(
            entry ->
                tooLong(entry.getKey())
                    || (entry.getValue() != null && tooLong(Objects.toString(entry.getValue()))));
  }

  private static boolean tooLong(@Nullable String text) {
    return text != null && text.length() > MAX_TEXT_CHARS;
  }

  private static boolean blank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  private final class CountUnknownFields extends DeserializationProblemHandler {
    @Override
    public boolean handleUnknownProperty(
        DeserializationContext context,
        JsonParser in,
        JsonDeserializer<?> reader,
        Object target,
        String field)
        throws IOException {
      counters.passedOverFields.increment();
      in.skipChildren();
      return true;
    }
  }
}
