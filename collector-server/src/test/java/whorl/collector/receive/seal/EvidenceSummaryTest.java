package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.store.outage.Outage;
import whorl.evidence.Digest;
import whorl.evidence.Id;

class EvidenceSummaryTest {
  /** Else partial evidence would be sealed without its alert, and so without a level. */
  @Test
  void storeThatIsAway_isNoAlertThatCannotBeRead() {
    Map<String, Object> values = Map.of("offset", 10L, "sha256", Digest.of(new byte[0]));
    Upload alert =
        fake(
            Upload.class,
            method -> {
              if (method.equals("content")) {
                throw new Away();
              }
              return values.get(method);
            });
    Id agent = new Id("agent-00000001");
    PendingEvidence pending =
        fake(PendingEvidence.class, method -> method.equals("upload") ? alert : agent);

    assertThatThrownBy(() -> EvidenceSummary.of(null, each -> "shop", pending))
        .isInstanceOf(Away.class);
  }

  private interface Answers {
    Object to(String method) throws IOException;
  }

  private static <T> T fake(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answers.to(method.getName())));
  }

  private static final class Away extends IOException implements Outage {
    private static final long serialVersionUID = 1;

    @Override
    public String unusable() {
      return "the object store";
    }
  }
}
