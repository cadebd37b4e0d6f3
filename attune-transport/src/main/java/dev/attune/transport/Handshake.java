package dev.attune.transport;

import dev.attune.consensus.MemberId;
import dev.attune.transport.wire.Frame;
import dev.attune.transport.wire.Hello;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What both sides check of each other before anything else is said. */
final class Handshake {
    static final int PROTOCOL = 1;
    private static final int SAN_DNS_NAME = 2;

    private final PeerOptions options;

    Handshake(PeerOptions options) {
        this.options = options;
    }

    Frame hello(MemberId to) {
        return Frame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocol(PROTOCOL)
                        .setClusterId(options.clusterId())
                        .setMemberId(options.self().value())
                        .setToMemberId(to.value()))
                .build();
    }

    /** Who speaks, when it belongs here and means us; refused with a {@link RefusedException} otherwise. */
    MemberId verify(Channel channel, Frame first) {
        if (first.getBodyCase() != Frame.BodyCase.HELLO) throw new RefusedException("the first frame is not a hello");
        Hello hello = first.getHello();
        if (hello.getProtocol() != PROTOCOL)
            throw new RefusedException("protocol: " + hello.getProtocol() + " (expected: " + PROTOCOL + ")");
        if (!hello.getClusterId().equals(options.clusterId()))
            throw new RefusedException("cluster id: another cluster's (expected: " + options.clusterId() + ")");
        if (!hello.getToMemberId().equals(options.self().value()))
            throw new RefusedException("the peer looks for another member than " + options.self());
        MemberId member;
        try {
            member = new MemberId(hello.getMemberId());
        } catch (IllegalArgumentException e) {
            throw new RefusedException("member id: malformed");
        }
        if (options.tls().isPresent()) verifyCertificate(channel, member);
        return member;
    }

    private static void verifyCertificate(Channel channel, MemberId member) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) throw new RefusedException("no TLS");
        try {
            Certificate[] chain = handler.engine().getSession().getPeerCertificates();
            Collection<List<?>> names = ((X509Certificate) chain[0]).getSubjectAlternativeNames();
            if (names != null)
                for (List<?> name : names)
                    if (name.get(0) instanceof Integer kind
                            && kind == SAN_DNS_NAME
                            && member.value().equals(name.get(1))) return;
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            throw new RefusedException("certificate: " + e.getMessage());
        }
        throw new RefusedException("certificate: does not name member " + member);
    }

    /** The peer may not speak here. */
    static final class RefusedException extends RuntimeException {
        RefusedException(String message) {
            super(message);
        }
    }
}
