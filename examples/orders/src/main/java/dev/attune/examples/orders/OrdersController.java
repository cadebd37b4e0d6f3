package dev.attune.examples.orders;

import java.math.BigDecimal;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The service's HTTP interface. */
@RestController
final class OrdersController {
    private final Checkout checkout;

    @Value("${greeting:Welcome}")
    private volatile String greeting = "";

    OrdersController(Checkout checkout) {
        this.checkout = checkout;
    }

    @PostMapping("/orders")
    String order(@RequestParam(name = "items") int items, @RequestParam(name = "price") BigDecimal price) {
        return checkout.price(items, price);
    }

    @GetMapping("/greeting")
    String greeting() {
        return greeting;
    }
}
