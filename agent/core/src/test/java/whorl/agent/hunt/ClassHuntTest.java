package whorl.agent.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.agent.hunt.HuntFixture.look;
import static whorl.agent.hunt.HuntFixture.type;

import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.code.GeneratedClass;
import whorl.evidence.Digest;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.HuntRow;

class ClassHuntTest {
  private static final Digest SHA = Digest.of(new byte[] {1, 2, 3});
  private static final GeneratedClass MADE = made(java.sql.Timestamp.class.getName());
  private static final GeneratedClass GONE = made("com.evil.Gone");

  private static GeneratedClass made(String name) {
    return new GeneratedClass(
        name,
        name.startsWith("java.sql")
            ? new WeakReference<>(java.sql.Timestamp.class.getClassLoader())
            : new WeakReference<>(new ClassLoader() {}),
        "reflection",
        null,
        SHA,
        3,
        false,
        1_800_000_000_000L,
        HuntFixture.REQUEST,
        List.of(new StackTraceElement("a.B", "c", "B.java", 4)));
  }

  private static ClassHunt hunt(Class<?>... loaded) {
    return new ClassHunt(
        () -> loaded, () -> List.of(GONE, MADE), loader -> loader == null ? "boot" : "other");
  }

  @Test
  void name_findsLoadedClasses_withLoaderAndSource() throws Exception {
    HuntAnswer answer =
        look(
            hunt(String.class, Integer.class, String[].class, int.class),
            type("java.lang.S*", null));

    assertThat(answer.rows()).extracting(HuntRow::what).containsExactly("java.lang.String");
    assertThat(answer.rows().get(0).fields())
        .containsEntry("loaded", true)
        .containsEntry("loader", "boot")
        .containsEntry("superclass", "java.lang.Object")
        .containsEntry("module", "java.base");
    assertThat(answer.cut()).isNull();
  }

  @Test
  void classMadeAtRunTime_saysHowAndForWhichRequest() throws Exception {
    HuntAnswer answer = look(hunt(java.sql.Timestamp.class), type("java.sql.Timestamp", null));

    HuntRow row = answer.rows().get(0);
    assertThat(row.first()).isEqualTo(Instant.ofEpochSecond(1_800_000_000));
    assertThat(row.request()).isEqualTo("r1");
    assertThat(row.fields())
        .containsEntry("origin", "reflection")
        .containsEntry("generator", "unknown")
        .containsEntry("sha256", SHA.hex())
        .containsEntry("request.path", "/invoices");
  }

  @Test
  void digest_findsClassesMadeAtRunTime_alsoThoseThatAreGone() throws Exception {
    HuntAnswer answer = look(hunt(String.class, java.sql.Timestamp.class), type(null, SHA.hex()));

    assertThat(answer.rows())
        .extracting(HuntRow::what, row -> row.fields().get("loaded"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("java.sql.Timestamp", true),
            org.assertj.core.groups.Tuple.tuple("com.evil.Gone", false));
    assertThat(answer.notes()).singleElement().asString().contains("not of those in jars");
    assertThat(look(hunt(String.class), type(null, "0".repeat(64))).rows()).isEmpty();
  }

  @Test
  void hundredThousandClasses_areCountedAndCut() throws Exception {
    Class<?>[] many = new Class<?>[100_000];
    Arrays.fill(many, String.class);

    HuntAnswer answer = look(hunt(many), type("*a*a*a*String", null));

    assertThat(answer.rows()).hasSize(100);
    assertThat(answer.matched()).isEqualTo(100_000);
    assertThat(answer.cut()).isEqualTo("more than 100 rows match");
  }

  @Test
  void wallTime_isLimited() throws Exception {
    Class<?>[] many = new Class<?>[100_000];
    Arrays.fill(many, String.class);
    long[] nanos = {0};
    HuntWork work =
        new HuntWork(
            HuntFixture.hunt(type("x", null), 0, 100),
            HuntLimits.DEFAULT,
            () -> nanos[0] += 10_000_000,
            () -> 0);

    hunt(many).look(type("x", null), work);

    assertThat(work.answer().cut()).isEqualTo("after 30 s");
    assertThat(work.answer().examined()).isLessThan(100_000);
  }
}
