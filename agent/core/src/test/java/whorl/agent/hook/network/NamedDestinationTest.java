package whorl.agent.hook.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.event.RequestContext;

class NamedDestinationTest {
  @ParameterizedTest
  @CsvSource({
    "url=http%3A%2F%2F10.66.0.9%3A9200%2F_cat, , 10.66.0.9, 9200",
    "url=http://10.66.0.9:9200/_cat, , 10.66.0.9, 9200",
    "url=http%253A%252F%252F10.66.0.9/, , 10.66.0.9, 80",
    "url=HTTPS://Inner.Example/, inner.example, 10.0.0.4, 443",
    "url=https://inner.example./, inner.example, 10.0.0.4, 443",
    "url=http://user:word@redis:6379/, redis, 10.0.0.4, 6379",
    "url=http://someone.example@10.0.0.4/, , 10.0.0.4, 80",
    "url=//10.0.0.4/x, , 10.0.0.4, 8080",
    "url=gopher://127.0.0.1:6379/_x, , 127.0.0.1, 6379",
    "url=http://2130706433/, , 127.0.0.1, 80",
    "url=http://127.1:8080/, , 127.0.0.1, 8080",
    "url=http://[::1]:8080/, , 0:0:0:0:0:0:0:1, 8080",
    "url=http://[::ffff:10.0.0.4]/, , 10.0.0.4, 80",
    "url=http://[0:0:0:0:0:ffff:a00:4]/, , 10.0.0.4, 80",
    "q=%24%7Burl%3AUTF-8%3Ahttp%3A%2F%2F10.0.0.4%2Fx%7D, , 10.0.0.4, 80",
    "host=10.0.0.4, , 10.0.0.4, 9200",
    "host=10.0.0.4&port=22, , 10.0.0.4, 22",
    "host=redis&port=6379, redis, 10.0.0.4, 6379",
    "target=redis:6379, redis, 10.0.0.4, 6379",
    "server=db.inner.example, db.inner.example, 10.0.0.4, 5432",
  })
  void isNamed_byAQueryWithTheDestination(String query, String host, String address, int port) {
    assertThat(NamedDestination.isNamed(of("/fetch", query), host, address, port)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "redirect=http://localhost:8080/back, localhost, 127.0.0.1, 5432",
    "redirect=http://localhost/back, localhost, 127.0.0.1, 5432",
    "q=localhost, localhost, 127.0.0.1, 5432",
    "q=redis, redis, 10.0.0.4, 6379",
    "q=redis&page=63790, redis, 10.0.0.4, 6379",
    "url=http://10.66.0.91:9200/, , 10.66.0.9, 9200",
    "url=http://110.66.0.9:9200/, , 10.66.0.9, 9200",
    "url=http://10.66.0.9:9200.example/, , 10.66.0.9, 9200",
    "url=http://10.66.0.9.example:9200/, , 10.66.0.9, 9200",
    "url=http://other.example/10.66.0.9x, , 10.66.0.9, 80",
    "version=10.0.0.41, , 10.0.0.4, 80",
    "url=http://1.2.3.4.5/, , 1.2.3.4, 80",
    "url=http://99999999999/, , 1.2.3.4, 80",
    "url=http:///, , 1.2.3.4, 80",
    "url=//, , 1.2.3.4, 80",
  })
  void isNotNamed_byAQueryWithAnotherDestination(
      String query, String host, String address, int port) {
    assertThat(NamedDestination.isNamed(of("/fetch", query), host, address, port)).isFalse();
  }

  @Test
  void isNamed_byAPath() {
    assertThat(
            NamedDestination.isNamed(
                of("/proxy/http%3A%2F%2F10.0.0.4%3A81%2F", ""), null, "10.0.0.4", 81))
        .isTrue();
    assertThat(NamedDestination.isNamed(of("/proxy/10.0.0.4/81/x", ""), null, "10.0.0.4", 81))
        .isTrue();
    assertThat(NamedDestination.isNamed(of("/orders/10", "page=4"), null, "10.0.0.4", 81))
        .isFalse();
  }

  @Test
  void isNotNamed_outsideRequestsAndWithoutAnAddress() {
    assertThat(NamedDestination.isNamed(null, "redis", "10.0.0.4", 81)).isFalse();
    assertThat(NamedDestination.isNamed(of("/", ""), "redis", "10.0.0.4", 81)).isFalse();
    assertThat(NamedDestination.isNamed(of("/x", "u=http://a/"), null, null, 80)).isFalse();
  }

  private static RequestContext of(String path, String query) {
    return new RequestContext("a-", 1, "GET", path, query, "10.0.0.1");
  }
}
