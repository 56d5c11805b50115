package whorl.collector.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The pages for Mission Control have every event; {@code -Dwhorl.docs.write=true} adds those that
 * they lack.
 */
class MissionControlDocumentTest {
  private static final Path PAGES = Path.of("../docs/jmc/whorl-pages.xml");

  @Test
  void pages_haveEveryEvent() throws IOException {
    String pages =
        MissionControlPages.withAll(Files.readString(PAGES), EventTypesTest.registered());
    if (Boolean.getBoolean("whorl.docs.write")) {
      Files.writeString(PAGES, pages);
    }

    assertThat(PAGES).as("write it again with -Dwhorl.docs.write=true").hasContent(pages);
  }
}
