package com.example.shop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.util.Base64;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Takes orders over from a partner shop. */
@RestController
class ImportController {
  /**
   * DELIBERATELY UNSAFE: the body is Java serialisation in Base64, and all classes that it names
   * are instantiated before any check. JSON, or at least an {@code ObjectInputFilter}, would be the
   * remedy.
   */
  @PostMapping("/import")
  @SuppressWarnings("BanSerializableRead")
  Map<String, Object> importOrder(@RequestBody String base64) {
    byte[] bytes = Base64.getMimeDecoder().decode(base64);
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      Order order = (Order) in.readObject();
      return Map.of("customer", order.customer(), "items", order.items().size());
    } catch (IOException | ClassNotFoundException | ClassCastException e) {
      throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "not an order", e);
    }
  }
}
