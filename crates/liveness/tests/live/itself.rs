//! A connection to nobody but ourselves.

use std::net::{SocketAddr, TcpStream};

use allswell_liveness::{Live, State, Who};
use socket2::{Domain, Socket, Type};

/// It accepts requests and would answer them with themselves.
#[test]
fn a_stream_to_itself_is_not_reusable() {
    for early in [true, false] {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let itself = socket.local_addr().unwrap();
        let connect = |stream: &TcpStream| rustix::net::connect(stream, &itself.as_socket().unwrap()).unwrap();
        let stream = TcpStream::from(socket);
        if !early {
            connect(&stream);
        }
        let live = Live::new(stream).unwrap();
        if early {
            connect(live.get_ref());
        }
        assert_eq!(live.handle().reusable().unwrap_err().state, State::Refused { who: Who::OurHost });
    }
}
