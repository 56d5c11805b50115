import java.util.List;
import org.mockito.Mockito;
import whorl.lab.app.Web;

/** Mocks classes as tests do. */
public class App {
  public static final class Price {
    public int net() {
      return 3;
    }
  }

  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/work",
            request -> {
              Price price = Mockito.mock(Price.class);
              Mockito.when(price.net()).thenReturn(7);
              List<?> list = Mockito.mock(List.class);
              Mockito.when(list.size()).thenReturn(4);
              return price.net() + list.size();
            })
        .start();
  }
}
