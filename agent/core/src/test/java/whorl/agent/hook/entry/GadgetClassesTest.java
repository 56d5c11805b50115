package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GadgetClassesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.apache.commons.collections.functors.InvokerTransformer",
        "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
        "javax.management.BadAttributeValueExpException",
        "com.mchange.v2.c3p0.impl.PoolBackedDataSourceBase",
        "clojure.core$comp"
      })
  void classOfAChain_isAGadget(String name) {
    assertThat(GadgetClasses.isGadget(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.util.HashMap",
        "java.util.PriorityQueue",
        "org.apache.commons.collections.map.HashedMap",
        "org.springframework.security.core.context.SecurityContextImpl",
        "com.sun.proxy.$Proxy7"
      })
  void classOfOrdinarySessions_isNone(String name) {
    assertThat(GadgetClasses.isGadget(name)).isFalse();
  }
}
