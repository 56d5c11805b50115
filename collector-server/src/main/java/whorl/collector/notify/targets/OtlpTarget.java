package whorl.collector.notify.targets;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Notice;
import whorl.collector.notify.message.RefusedException;
import whorl.collector.notify.message.Target;

/**
 * Sends messages as logs of OpenTelemetry, by HTTP with protobuf. The JVM that a message is about
 * is the resource.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
final class OtlpTarget implements Target {
  private static final int BATCH = 200;
  private static final long NANOS = 1_000_000_000L;

  private final HttpSender sender;

  OtlpTarget(HttpSender sender) {
    this.sender = sender;
  }

  @Override
  public int batch() {
    return BATCH;
  }

  @Override
  public String deliver(List<Message> messages) throws IOException {
    HttpSender.Answer answer =
        sender.exchange(
            Map.of("Content-Type", "application/x-protobuf"),
            request(messages, Instant.now()).toByteArray());
    try {
      ExportLogsServiceResponse response = ExportLogsServiceResponse.parseFrom(answer.body());
      long rejected = response.getPartialSuccess().getRejectedLogRecords();
      if (rejected > 0) {
        throw RefusedException.partly(
            rejected
                + " of "
                + messages.size()
                + " logs were rejected: "
                + answer.shown(response.getPartialSuccess().getErrorMessage()));
      }
    } catch (InvalidProtocolBufferException e) {
      // the status says that they arrived, and no more is needed
      return Integer.toString(answer.status());
    }
    return Integer.toString(answer.status());
  }

  static ExportLogsServiceRequest request(List<Message> messages, Instant now) {
    Map<Resource, ScopeLogs.Builder> byResource = new LinkedHashMap<>();
    for (Message message : messages) {
      byResource
          .computeIfAbsent(resource(message.notice()), OtlpTarget::scope)
          .addLogRecords(log(message, now));
    }
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    byResource.forEach(
        (resource, logs) ->
            request.addResourceLogs(
                ResourceLogs.newBuilder().setResource(resource).addScopeLogs(logs)));
    return request.build();
  }

  private static ScopeLogs.Builder scope(Resource unused) {
    return ScopeLogs.newBuilder()
        .setScope(InstrumentationScope.newBuilder().setName("whorl").build());
  }

  private static Resource resource(Notice notice) {
    Resource.Builder resource = Resource.newBuilder();
    String service = notice.service() == null ? "whorl" : notice.service();
    resource.addAttributes(text("service.name", service));
    if (notice.namespace() != null) {
      resource.addAttributes(text("k8s.namespace.name", notice.namespace()));
      resource.addAttributes(text("service.namespace", notice.namespace()));
    }
    if (notice.pod() != null) {
      resource.addAttributes(text("k8s.pod.name", notice.pod()));
    }
    if (notice.agent() != null) {
      resource.addAttributes(text("service.instance.id", notice.agent()));
    }
    return resource.build();
  }

  private static LogRecord log(Message message, Instant now) {
    Notice notice = message.notice();
    LogRecord.Builder log =
        LogRecord.newBuilder()
            .setTimeUnixNano(nanos(notice.time()))
            .setObservedTimeUnixNano(nanos(now))
            .setSeverityNumber(severity(notice))
            .setSeverityText(notice.level().word())
            .setEventName("whorl." + notice.kind().word())
            .setBody(AnyValue.newBuilder().setStringValue(message.line()));
    add(log, "log.record.uid", message.id().value());
    add(log, "security_rule.uuid", notice.rule());
    add(log, "whorl.title", notice.title());
    add(log, "whorl.group", notice.group());
    add(log, "whorl.notification", message.notification());
    add(log, "whorl.source", notice.source());
    add(log, "whorl.alert.id", notice.alert());
    add(log, "whorl.capture.id", notice.capture());
    add(log, "whorl.evidence.id", notice.evidence());
    add(log, "whorl.state", notice.state());
    add(log, "whorl.reason", notice.reason());
    add(log, "url.full", message.link());
    log.addAttributes(number("whorl.count", message.count()));
    if (notice.over()) {
      add(log, "whorl.over", "true");
    }
    if (!notice.tags().isEmpty()) {
      add(log, "whorl.tags", String.join(",", notice.tags()));
    }
    new TreeMap<>(notice.findings())
        .forEach((level, number) -> log.addAttributes(number("whorl.findings." + level, number)));
    new TreeMap<>(notice.fields()).forEach((name, value) -> add(log, "whorl.field." + name, value));
    return log.build();
  }

  private static SeverityNumber severity(Notice notice) {
    if (notice.over()) {
      return SeverityNumber.SEVERITY_NUMBER_INFO;
    }
    return switch (notice.level()) {
      case CRITICAL -> SeverityNumber.SEVERITY_NUMBER_FATAL;
      case HIGH -> SeverityNumber.SEVERITY_NUMBER_ERROR;
      case MEDIUM -> SeverityNumber.SEVERITY_NUMBER_WARN;
      case LOW -> SeverityNumber.SEVERITY_NUMBER_INFO2;
      case INFORMATIONAL -> SeverityNumber.SEVERITY_NUMBER_INFO;
    };
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * NANOS + time.getNano();
  }

  private static void add(LogRecord.Builder log, String name, @Nullable String value) {
    if (value != null) {
      log.addAttributes(text(name, value));
    }
  }

  private static KeyValue text(String name, String value) {
    return KeyValue.newBuilder()
        .setKey(name)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static KeyValue number(String name, long value) {
    return KeyValue.newBuilder()
        .setKey(name)
        .setValue(AnyValue.newBuilder().setIntValue(value))
        .build();
  }
}
