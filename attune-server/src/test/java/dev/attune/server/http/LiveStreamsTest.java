package dev.attune.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.server.auth.Principal;
import dev.attune.server.auth.Rights;
import dev.attune.server.auth.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("W10: streams end with the rights that opened them")
final class LiveStreamsTest {
    private final LiveStreams streams = new LiveStreams();
    private final List<String> closed = new ArrayList<>();

    @Test
    void revokedToken_cutsItsStreamsAndNoOthers() {
        open("a", 0, 5);
        open("b", 0, 5);

        streams.cutToken("a", 6);

        assertThat(closed).containsExactly("a");
    }

    @Test
    void changedGroup_cutsWhoHasItsOlderGrants() {
        open("old", 0, 5, "team");
        open("other", 0, 5, "staff");
        open("fresh", 0, 7, "team");

        streams.cutGroup("team", 7);

        assertThat(closed).containsExactly("old");
    }

    @Test
    void streamThatArrivesAfterItsRightsEnded_isCutAtTheNextTurn() {
        streams.cutToken("a", 6);
        streams.cutGroup("team", 7);
        open("a", 0, 5);
        open("b", 0, 6, "team");
        open("c", 0, 7, "team");

        streams.cutEnded(0);

        assertThat(closed).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void tokenThatHasEnded_isCut() {
        open("soon", 1_000, 5);
        open("later", 2_000, 5);

        streams.cutEnded(1_000);

        assertThat(closed).containsExactly("soon");
        assertThat(streams.count()).isEqualTo(1);
    }

    private void open(String token, long ends, long rightsRevision, String... groups) {
        Principal caller = new Principal(
                token, Optional.of(Role.SCOPED), token, ends, Rights.NONE, List.of(groups), rightsRevision);
        Runnable[] forget = new Runnable[1];
        forget[0] = streams.add(caller, () -> {
            closed.add(token);
            forget[0].run();
        });
    }
}
